import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError } from '../domain/errors.ts';
import { isStorageSopClass, verificationSopClass } from '../domain/sop-class.ts';
import { transferSyntaxOf } from '../domain/transfer-syntax.ts';
import { AcceptedAssociation } from './accepted-association.ts';
import { ContextResult, type ProposedContext } from './presentation-context.ts';
import type { QuickAck } from './quick-ack.ts';
import { type StoreHandler, StoreService } from './store-service.ts';

export interface StoreScpOptions {
  readonly aeTitle: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly maxAssociations: number;
  readonly maxPduLength: number;
  readonly associationTimeoutMs: number;
  readonly transferTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly quickAck: QuickAck | undefined;
  readonly handler: StoreHandler;
  /** Told whenever an association opens, is refused or ends. */
  readonly onAssociation: (event: ScpAssociationEvent) => void;
}

export interface ScpAssociationEvent {
  readonly what: 'opened' | 'refused' | 'closed';
  /** What log entries call it. */
  readonly association: string;
  readonly peer: string;
  readonly callingAeTitle: string;
  readonly open: number;
  readonly reason: string | undefined;
}

/** How long associations that are in the middle of an instance may go on when the SCP stops. */
const stopGraceMs = 3_000;
const stopPollMs = 20;

/** The Storage and Verification SCP that archives send instances to (PS3.4 annexes A and B). */
export class StoreScp {
  readonly #options: StoreScpOptions;
  readonly #server: Server;
  /** Every connection, also before it has requested an association. */
  readonly #connections = new Set<AcceptedAssociation>();
  readonly #associations = new Set<AcceptedAssociation>();

  constructor(options: StoreScpOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#accept(socket);
    });
    // Sockets beyond the limit get a proper rejection; a flood beyond that is dropped by the kernel's count.
    this.#server.maxConnections = options.maxAssociations * 2 + 16;
  }

  /** @throws Error of the listening socket: the port is taken, the host is not ours */
  async start(): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: this.#options.host, port: this.#options.port, backlog: 128 }, () => {
        this.#server.off('error', reject);
        // Out of descriptors, say: that one connection is lost, the others go on.
        this.#server.on('error', (error) => {
          this.#cannotAccept(error);
        });
        resolve();
      });
    });
    return this.#server.address() as AddressInfo;
  }

  /** Stops listening; associations that are receiving may finish their instance in bounded time. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    const deadline = performance.now() + stopGraceMs;
    for (;;) {
      const mayFinish = performance.now() < deadline;
      for (const connection of this.#connections) {
        if (mayFinish && connection.isReceiving) continue;
        connection.abort(new BrokerError('cancelled', 'The gateway is shutting down.'));
      }
      if (!mayFinish || ![...this.#connections].some((connection) => connection.isReceiving)) break;
      await sleep(stopPollMs);
    }
    await closed;
  }

  #cannotAccept({ message }: Error): void {
    const { onAssociation } = this.#options;
    onAssociation({
      what: 'refused',
      association: '',
      peer: 'unknown',
      callingAeTitle: '',
      open: this.#associations.size,
      reason: message,
    });
  }

  #accept(socket: Socket): void {
    const { handler, onAssociation } = this.#options;
    const peer = socket.remoteAddress ?? 'unknown';
    const id = randomUUID().slice(0, 8);
    let callingAeTitle = '';
    let opened = false;
    const report = (what: ScpAssociationEvent['what'], reason?: string): void => {
      onAssociation({ what, association: id, peer, callingAeTitle, open: this.#associations.size, reason });
    };
    const association = new AcceptedAssociation(socket, {
      ...this.#options,
      peer,
      refuse: (request) => {
        callingAeTitle = request.callingAeTitle;
        const rejection = this.#refusal(request.calledAeTitle);
        if (rejection !== undefined) report('refused', rejection.why);
        return rejection;
      },
      choose: chooseTransferSyntax,
      serve: (request) => {
        opened = true;
        this.#associations.add(association);
        report('opened');
        return new StoreService(handler, { callingAeTitle: request.callingAeTitle, peer, association: id });
      },
      closed: (reason) => {
        this.#connections.delete(association);
        this.#associations.delete(association);
        if (opened || reason !== undefined) report('closed', reason?.message);
      },
    });
    this.#connections.add(association);
  }

  #refusal(
    calledAeTitle: string,
  ): { result: number; source: number; reason: number; why: string } | undefined {
    if (calledAeTitle.toUpperCase() !== this.#options.aeTitle.toUpperCase()) {
      return {
        result: 1,
        source: 1,
        reason: 7,
        why: `it called ${calledAeTitle}, this is ${this.#options.aeTitle}`,
      };
    }
    if (this.#associations.size >= this.#options.maxAssociations) {
      return {
        result: 2,
        source: 3,
        reason: 2,
        why: `${this.#options.maxAssociations} associations are open`,
      };
    }
    return undefined;
  }
}

/**
 * The first proposed transfer syntax that the standard knows: the proposer's own order says which
 * one it holds the instance in, and taking it spares a conversion on its side.
 */
export function chooseTransferSyntax(context: ProposedContext): string | number {
  const { abstractSyntax, transferSyntaxes } = context;
  if (abstractSyntax !== verificationSopClass && !isStorageSopClass(abstractSyntax)) {
    return ContextResult.abstractSyntaxNotSupported;
  }
  return (
    transferSyntaxes.find((syntax) => transferSyntaxOf(syntax) !== undefined) ??
    ContextResult.transferSyntaxesNotSupported
  );
}
