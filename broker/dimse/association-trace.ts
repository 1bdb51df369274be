import type { BrokerError } from '../domain/errors.ts';
import type { AssociateAc } from './associate-pdu.ts';
import type { CommandSet } from './command-set.ts';
import type { Rejection } from './pdu.ts';
import type { ExtendedNegotiation, ProposedContext } from './presentation-context.ts';
import type { Endpoint } from './rejection.ts';

export type TraceDirection = 'sent' | 'received';

/** The two ends of a TCP connection. */
export interface Connection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** What an A-ASSOCIATE-RQ says. */
export interface TracedRequest {
  readonly endpoint: Endpoint;
  readonly contexts: readonly ProposedContext[];
  readonly extended: readonly ExtendedNegotiation[];
  readonly maxPduLength: number;
}

/**
 * Watches one association from its connection to its end. It is told only, and must not throw; an
 * association without one does nothing for it.
 */
export interface AssociationTrace {
  connected(connection: Connection): void;
  requested(request: TracedRequest): void;
  accepted(answer: AssociateAc): void;
  rejected(rejection: Rejection): void;
  /** A whole message; `dataSetBytes` is undefined where it has no data set, or one that was passed on as it came. */
  message(direction: TraceDirection, command: CommandSet, dataSetBytes: number | undefined): void;
  /** A PDU that ends the association. */
  ending(direction: TraceDirection, pdu: 'A-RELEASE-RQ' | 'A-RELEASE-RP' | 'A-ABORT', detail: string): void;
  /** The connection is closed; `reason` is undefined after an orderly end. */
  closed(reason: BrokerError | undefined): void;
}
