import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { AssociateAc } from './associate-pdu.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { DataSetSink } from './message-assembler.ts';
import { type AssociationReceiver, type Opened, type Proposal, negotiate } from './negotiation.ts';
import { openSocket } from './open-socket.ts';
import type { AcceptedContext, ExtendedNegotiation, ProposedContext } from './presentation-context.ts';
import { type Endpoint, describe } from './rejection.ts';
import { ResponseQueue, type Response } from './response-queue.ts';
import type { UpperLayer } from './upper-layer.ts';

export interface AssociationRequest extends Proposal {
  /** Serves requests that the peer sends on this association: C-STORE during a C-GET. */
  readonly server?: AssociationServer;
}

/** Sends messages on an association. */
export interface Responder {
  send(contextId: number, command: CommandSet): void;
}

/** Answers the peer's requests. */
export interface AssociationServer {
  /** Where a request's data set goes. */
  sink(context: AcceptedContext, command: CommandSet): DataSetSink | undefined;
  /** A request is complete. */
  message(responder: Responder, context: AcceptedContext, command: CommandSet): void;
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

/** An association that this side requested, one operation at a time (PS3.8 section 7). */
export class Association implements AssociationReceiver, Responder {
  readonly endpoint: Endpoint;
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly extended: readonly ExtendedNegotiation[];
  readonly #layer: UpperLayer;
  readonly #closed: Promise<BrokerError | undefined>;
  readonly #server: AssociationServer | undefined;
  #nextMessageId = 1;
  #queue: ResponseQueue | undefined;
  #hasAnswered = false;

  private constructor(request: AssociationRequest, opened: Opened) {
    this.endpoint = request.endpoint;
    this.#layer = opened.layer;
    this.#closed = opened.closed;
    this.#server = request.server;
    this.contexts = acceptedContexts(request.contexts, opened.answer);
    this.extended = opened.answer.extended;
    this.#layer.peerMaxPduLength = opened.answer.maxPduLength;
    opened.handler.association = this;
    void this.#closed.then((reason) => {
      this.#queue?.fail(
        reason ?? new BrokerError('association-aborted', `${this.#peer} released the association early.`),
      );
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

  /** Whether anything came back for the last request. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
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
    const { command, signal } = options;
    const messageId = command.messageId ?? 0;
    const queue = new ResponseQueue(this.#layer, messageId);
    this.#queue = queue;
    this.#hasAnswered = false;
    let ended = false;
    try {
      this.#layer.sendMessage(options.contextId, command, options.identifier);
      if (!this.#layer.isOpen) queue.fail(await this.#closedReason());
      if (options.body !== undefined) await this.#sendBody(options.body);
      while (!ended) {
        const response = await queue.next(options.timeoutMs, signal);
        if (response === undefined) throw this.#silence(options.timeoutMs);
        ended = response.isFinal;
        yield response;
      }
    } finally {
      if (!ended && this.#layer.isOpen) await this.#cancel(options.contextId, messageId, queue);
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

  /** @inheritdoc */
  sink(contextId: number, command: CommandSet): DataSetSink | undefined {
    const context = this.contexts.get(contextId);
    return context === undefined ? undefined : this.#server?.sink(context, command);
  }

  /** A message of the peer's: a response, or a request that the server answers. */
  receive(contextId: number, command: CommandSet, dataSet: Buffer | undefined): void {
    if ((command.commandField & responseBit) !== 0) {
      this.#hasAnswered = true;
      this.#queue?.push(command, dataSet);
      return;
    }
    const context = this.contexts.get(contextId);
    if (this.#server === undefined || context === undefined) {
      throw new BrokerError('association-aborted', `${this.#peer} sent a request that was not agreed on.`);
    }
    this.#server.message(this, context, command);
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
  async #sendBody(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.abort(toBrokerError(error));
      throw error;
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

  async #cancel(contextId: number, messageId: number, queue: ResponseQueue): Promise<void> {
    const cancelled = new BrokerError('cancelled', `The operation at ${this.#peer} was cancelled.`);
    this.#layer.sendMessage(contextId, {
      commandField: CommandField.cCancelRq,
      messageIdBeingRespondedTo: messageId,
      hasDataSet: false,
    });
    const ended = await queue.drainToFinal(cancelTimeoutMs);
    if (!ended) this.#layer.abort(cancelled);
  }
}

function acceptedContexts(
  proposed: readonly ProposedContext[],
  answer: AssociateAc,
): Map<number, AcceptedContext> {
  const accepted = new Map<number, AcceptedContext>();
  for (const { id, result, transferSyntax } of answer.contexts) {
    const context = proposed.find((candidate) => candidate.id === id);
    if (context === undefined || result !== 0) continue;
    // An acceptor that names a syntax that was not proposed cannot be understood in that context.
    if (!context.transferSyntaxes.includes(transferSyntax)) continue;
    accepted.set(id, { id, abstractSyntax: context.abstractSyntax, transferSyntax });
  }
  return accepted;
}
