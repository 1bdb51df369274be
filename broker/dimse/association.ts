import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { AssociationServer, Responder } from './association-server.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { DataSetSink } from './message-assembler.ts';
import {
  type AssociationReceiver,
  type Opened,
  type Proposal,
  acceptedContexts,
  negotiate,
} from './negotiation.ts';
import { openSocket } from './open-socket.ts';
import type { AcceptedContext, ExtendedNegotiation } from './presentation-context.ts';
import { type Endpoint, describe } from './rejection.ts';
import { ResponseQueue, type Response } from './response-queue.ts';
import type { UpperLayer } from './upper-layer.ts';

export interface AssociationRequest extends Proposal {
  /** Serves requests that the peer sends on this association: C-STORE during a C-GET. */
  readonly server?: AssociationServer;
}

export interface RequestOptions {
  readonly contextId: number;
  readonly command: CommandSet;
  readonly identifier?: Buffer;
  /** Sends the data set of a request that is too large for memory, after its command has left. */
  readonly body?: () => Promise<void>;
  /** Silence between responses after which the association is aborted, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long a peer may take to end an operation after C-CANCEL before the association is aborted. */
const cancelTimeoutMs = 5_000;
const responseBit = 0x8000;
/** The operations that have a C-CANCEL (PS3.7 sections 9.3.2.3, 9.3.3.3, 9.3.4.3). */
const cancellable: ReadonlySet<number> = new Set([
  CommandField.cFindRq,
  CommandField.cGetRq,
  CommandField.cMoveRq,
]);

/** An association that this side requested, one operation at a time (PS3.8 section 7). */
export class Association implements AssociationReceiver, Responder {
  readonly endpoint: Endpoint;
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly proposed: AssociationRequest['contexts'];
  readonly extended: readonly ExtendedNegotiation[];
  /** Implementation Version Name of the peer, where it told one (PS3.7 annex D.3.3.2). */
  readonly implementation: string | undefined;
  readonly #layer: UpperLayer;
  readonly #closed: Promise<BrokerError | undefined>;
  readonly #server: AssociationServer | undefined;
  #nextMessageId = 1;
  #queue: ResponseQueue | undefined;
  #responsesReceived = 0;
  /** Ends the wait of a data set that is being sent. */
  #onBroken: ((reason: BrokerError) => void) | undefined;

  private constructor(request: AssociationRequest, opened: Opened) {
    this.endpoint = request.endpoint;
    this.#layer = opened.layer;
    this.#closed = opened.closed;
    this.#server = request.server;
    this.proposed = request.contexts;
    this.contexts = acceptedContexts(request.contexts, opened.answer);
    this.extended = opened.answer.extended;
    this.implementation = opened.answer.implementation;
    this.#layer.peerMaxPduLength = opened.answer.maxPduLength;
    opened.handler.association = this;
    void this.#closedReason().then((reason) => {
      this.#queue?.fail(reason);
      this.#onBroken?.(reason);
    });
  }

  /**
   * Connects and negotiates.
   * @throws BrokerError `archive-unreachable`, `association-rejected`, `association-aborted`,
   * `archive-timeout`, `cancelled`; nothing is left open then
   */
  static async open(request: AssociationRequest, signal?: AbortSignal): Promise<Association> {
    const socket = await openSocket(request.endpoint, request.limits.connectTimeoutMs, signal);
    return new Association(request, await negotiate(socket, request, signal));
  }

  /** Settles when the association has ended, with the reason where it broke. Never rejects. */
  get closed(): Promise<BrokerError | undefined> {
    return this.#closed;
  }

  /** True where another operation may be started on it. */
  get isIdle(): boolean {
    return this.#layer.isOpen && this.#queue === undefined && !this.#layer.isReceiving;
  }

  /** How many responses have come since it was opened. */
  get responsesReceived(): number {
    return this.#responsesReceived;
  }

  /** The accepted context of a SOP class, or undefined. */
  contextOf(abstractSyntax: string, transferSyntax?: string): AcceptedContext | undefined {
    for (const context of this.contexts.values()) {
      if (context.abstractSyntax !== abstractSyntax) continue;
      if (transferSyntax === undefined || context.transferSyntax === transferSyntax) return context;
    }
    return undefined;
  }

  /** @throws BrokerError `context-not-accepted` where the peer did not accept the class */
  requireContext(abstractSyntax: string, service: string): AcceptedContext {
    const context = this.contextOf(abstractSyntax);
    if (context !== undefined) return context;
    throw new BrokerError(
      'context-not-accepted',
      `${this.#peer} does not offer ${service} (${abstractSyntax}).`,
      {
        remedy: `Ask the archive's administrator whether ${service} is switched on for our AE title ${this.endpoint.callingAeTitle}.`,
      },
    );
  }

  /** A message ID that no request of this association has used lately (PS3.7 section 9.1). */
  nextMessageId(): number {
    const id = this.#nextMessageId;
    this.#nextMessageId = id === 0xffff ? 1 : id + 1;
    return id;
  }

  /**
   * Sends a request and yields its responses, the final one included. Ending the loop early, or the
   * signal, cancels the operation with C-CANCEL; a peer that does not end it then is aborted.
   * @throws BrokerError `association-aborted`, `archive-timeout`, `cancelled`
   */
  async *request(options: RequestOptions): AsyncGenerator<Response, void, undefined> {
    const { contextId, command, signal } = options;
    if (signal?.aborted) throw this.#cancelled();
    if (this.#queue !== undefined) {
      throw new BrokerError(
        'internal',
        `Two operations at once were started on one association with ${this.#peer}.`,
      );
    }
    const queue = new ResponseQueue(this.#layer, { contextId, messageId: command.messageId ?? 0 });
    this.#queue = queue;
    let ended = false;
    try {
      if (options.body === undefined) this.#layer.sendMessage(contextId, command, options.identifier);
      else this.#layer.beginMessage(contextId, command);
      if (!this.#layer.isOpen) throw await this.#closedReason();
      if (options.body !== undefined) await this.#sendBody(options.body, signal);
      while (!ended) {
        const response = await queue.next(options.timeoutMs, signal);
        if (response === undefined) throw this.#silence(options.timeoutMs);
        ended = response.isFinal;
        yield response;
      }
    } finally {
      if (!ended && this.#layer.isOpen) await this.#cancel(options, queue);
      this.#queue = undefined;
    }
  }

  /** Sends a message without waiting for an answer: a C-STORE-RSP, the command of a C-STORE-RQ. */
  send(contextId: number, command: CommandSet): void {
    this.#layer.sendMessage(contextId, command);
  }

  /** Sends a piece of a data set and waits until the socket takes more. */
  async sendDataSetPart(contextId: number, bytes: Buffer, last: boolean): Promise<void> {
    if (!this.#layer.sendDataSetPart(contextId, bytes, last)) await this.#layer.drained();
    if (!this.#layer.isOpen) throw await this.#closedReason();
  }

  /** Releases the association; settles when the connection is closed, in bounded time. */
  async release(): Promise<void> {
    this.#layer.release();
    await this.#closed;
  }

  abort(reason: BrokerError): void {
    this.#layer.abort(reason);
  }

  /** Releases the association where it is idle, else aborts it; settles when the connection is closed. */
  async end(): Promise<void> {
    if (this.isIdle) this.#layer.release();
    else this.abort(new BrokerError('cancelled', `The association with ${this.#peer} was given up.`));
    await this.#closed;
  }

  /** Where the data set of a peer's message goes; a response's is collected. */
  sink(contextId: number, command: CommandSet): DataSetSink | undefined {
    if (isResponse(command)) return undefined;
    const { server, context } = this.#serving(contextId);
    const sink = server.sink(context, command);
    if (sink === undefined) return undefined;
    return {
      write: (bytes) => {
        this.#queue?.touch();
        sink.write(bytes);
      },
      end: () => {
        sink.end();
      },
      abort: (reason) => {
        sink.abort(reason);
      },
    };
  }

  /** A message of the peer's: a response, or a request that the server answers. */
  receive(contextId: number, command: CommandSet, dataSet: Buffer | undefined): void {
    if (isResponse(command)) {
      this.#responsesReceived += 1;
      this.#queue?.push(contextId, command, dataSet);
      return;
    }
    const { server, context } = this.#serving(contextId);
    this.#queue?.touch();
    server.message(this, context, command);
  }

  #serving(contextId: number): { server: AssociationServer; context: AcceptedContext } {
    const context = this.contexts.get(contextId);
    if (this.#server === undefined || context === undefined) {
      throw new BrokerError('association-aborted', `${this.#peer} sent a request that was not agreed on.`);
    }
    return { server: this.#server, context };
  }

  get #peer(): string {
    return describe(this.endpoint);
  }

  async #closedReason(): Promise<BrokerError> {
    return (
      (await this.#closed) ??
      new BrokerError('association-aborted', `${this.#peer} released the association.`)
    );
  }

  /** A data set that breaks off cannot be cancelled in order: the peer still waits for its end. */
  async #sendBody(body: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const cancel = (): void => {
      this.abort(this.#cancelled());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      // Where the bytes come from may be silent too, and knows nothing of the association's end.
      const broken = new Promise<never>((_resolve, reject) => (this.#onBroken = reject));
      await Promise.race([body(), broken]);
    } catch (error) {
      this.abort(toBrokerError(error));
      throw error;
    } finally {
      this.#onBroken = undefined;
      signal?.removeEventListener('abort', cancel);
    }
  }

  #silence(timeoutMs: number): BrokerError {
    const error = new BrokerError(
      'archive-timeout',
      `${this.#peer} did not answer within ${timeoutMs / 1000} s.`,
    );
    this.#layer.abort(error);
    return error;
  }

  #cancelled(): BrokerError {
    return new BrokerError('cancelled', `The operation at ${this.#peer} was cancelled.`);
  }

  /** Leaves the association fit for another operation where the peer ends this one in time. */
  async #cancel({ contextId, command }: RequestOptions, queue: ResponseQueue): Promise<void> {
    if (command.commandField === CommandField.cEchoRq) {
      // Who no longer wants to know whether the peer is there has no use for the association either.
      this.abort(this.#cancelled());
      return;
    }
    if (cancellable.has(command.commandField)) {
      this.#layer.sendMessage(contextId, {
        commandField: CommandField.cCancelRq,
        messageIdBeingRespondedTo: command.messageId ?? 0,
        hasDataSet: false,
      });
    }
    if (!(await queue.drainToFinal(cancelTimeoutMs))) this.abort(this.#cancelled());
  }
}

function isResponse(command: CommandSet): boolean {
  return (command.commandField & responseBit) !== 0;
}
