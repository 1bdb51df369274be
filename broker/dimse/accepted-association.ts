import type { Socket } from 'node:net';
import { BrokerError } from '../domain/errors.ts';
import { type AssociateRq, decodeAssociateRq, encodeAssociateAc } from './associate-pdu.ts';
import { applicationContextName } from './associate-items.ts';
import type { AssociationServer, Responder } from './association-server.ts';
import type { CommandSet } from './command-set.ts';
import { PduType, type Rejection, rejectPdu } from './pdu.ts';
import {
  type AcceptedContext,
  type AnsweredContext,
  ContextResult,
  type ProposedContext,
} from './presentation-context.ts';
import type { QuickAck } from './quick-ack.ts';
import { UpperLayer } from './upper-layer.ts';

export interface AcceptorOptions {
  /** Address of the peer, for error texts. */
  readonly peer: string;
  readonly maxPduLength: number;
  /** From the connection to A-ASSOCIATE-RQ (ARTIM). */
  readonly associationTimeoutMs: number;
  readonly transferTimeoutMs: number;
  /** Silence between messages after which the association is aborted. */
  readonly idleTimeoutMs: number;
  readonly quickAck: QuickAck | undefined;
  /** A reason to refuse the peer, or undefined to take it. */
  refuse(request: AssociateRq): Rejection | undefined;
  /** The transfer syntax for a proposed context, or the result that refuses it. */
  choose(context: ProposedContext): string | number;
  /** Answers the requests of an accepted association. */
  serve(request: AssociateRq): AssociationServer;
  closed(reason: BrokerError | undefined): void;
}

/** No request of a storage or verification SCU has an identifier that is collected. */
const maxIdentifierLength = 64 * 1024;

/** An association that a peer requested of us (PS3.8 section 9.2, acceptor). */
export class AcceptedAssociation implements Responder {
  readonly #layer: UpperLayer;
  readonly #options: AcceptorOptions;
  #contexts = new Map<number, AcceptedContext>();
  #server: AssociationServer | undefined;
  /** Runs while no message is under way: first for the association request, then for the next message. */
  #idle: NodeJS.Timeout;

  constructor(socket: Socket, options: AcceptorOptions) {
    this.#options = options;
    this.#layer = new UpperLayer(
      socket,
      {
        associate: (type, body) => {
          this.#associate(type, body);
        },
        sink: (contextId, command) => {
          const { server, context } = this.#established(contextId);
          return server.sink(context, command);
        },
        message: (contextId, command) => {
          const { server, context } = this.#established(contextId);
          this.#idle.refresh();
          server.message(this, context, command);
        },
        closed: (reason) => {
          clearTimeout(this.#idle);
          options.closed(reason);
        },
      },
      { ...options, maxIdentifierLength },
    );
    this.#idle = setTimeout(() => {
      this.abort(new BrokerError('archive-timeout', 'The peer connected but requested no association.'));
    }, options.associationTimeoutMs);
  }

  send(contextId: number, command: CommandSet): void {
    this.#layer.sendMessage(contextId, command);
  }

  abort(reason: BrokerError): void {
    this.#layer.abort(reason);
  }

  /** True in the middle of a message. */
  get isReceiving(): boolean {
    return this.#layer.isReceiving;
  }

  #established(contextId: number): { server: AssociationServer; context: AcceptedContext } {
    const context = this.#contexts.get(contextId);
    if (this.#server === undefined || context === undefined) {
      throw new BrokerError(
        'association-aborted',
        `The peer sent a message in presentation context ${contextId}, which was not accepted.`,
      );
    }
    return { server: this.#server, context };
  }

  #associate(type: number, body: Buffer): void {
    if (type !== PduType.associateRq || this.#server !== undefined) {
      throw new BrokerError('association-aborted', 'The peer sent an association PDU out of turn.');
    }
    const request = decodeAssociateRq(body);
    this.#layer.peer = `${request.callingAeTitle} at ${this.#options.peer}`;
    const rejection =
      request.applicationContext === applicationContextName
        ? this.#options.refuse(request)
        : { result: 1, source: 1, reason: 2 };
    if (rejection !== undefined) {
      this.#layer.close(rejectPdu(rejection), undefined);
      return;
    }
    this.#layer.peerMaxPduLength = request.maxPduLength;
    const contexts = request.contexts.map((context) => this.#answer(context));
    this.#server = this.#options.serve(request);
    this.#layer.sendPdu(
      encodeAssociateAc({
        ...request,
        contexts,
        roles: [],
        extended: [],
        maxPduLength: this.#options.maxPduLength,
      }),
    );
    this.#watchIdle();
  }

  #answer(context: ProposedContext): AnsweredContext {
    const chosen = this.#options.choose(context);
    const transferSyntax = context.transferSyntaxes[0] ?? '';
    if (typeof chosen === 'number') return { id: context.id, result: chosen, transferSyntax };
    this.#contexts.set(context.id, {
      id: context.id,
      abstractSyntax: context.abstractSyntax,
      transferSyntax: chosen,
    });
    return { id: context.id, result: ContextResult.accepted, transferSyntax: chosen };
  }

  #watchIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      // A message that is under way is watched by the upper layer's own limit.
      if (this.#layer.isReceiving) this.#idle.refresh();
      else this.abort(new BrokerError('archive-timeout', 'The peer left the association idle.'));
    }, this.#options.idleTimeoutMs);
  }
}
