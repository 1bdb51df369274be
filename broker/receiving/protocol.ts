import type { Uid } from '../domain/uid.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { StorageContext } from '../dimse/get-scu.ts';
import type { AssociationLimits } from '../dimse/negotiation.ts';
import type { Endpoint } from '../dimse/rejection.ts';
import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import type { ScpAssociationEvent } from '../dimse/store-scp.ts';
import type { ErrorCode } from '../domain/errors.ts';

/** What the receiving thread is started with. */
export interface ReceivingOptions {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly cacheDirectory: string;
  readonly maxAssociations: number;
  readonly maxPduLength: number;
  readonly associationTimeoutMs: number;
  readonly transferTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly quickAck: boolean;
  /** The archive that instances are filed under which no retrieval asked for; undefined refuses them. */
  readonly unsolicitedArchive: string | undefined;
}

/** A C-GET to run in the receiving thread. */
export interface GetOrder {
  readonly endpoint: Endpoint;
  readonly limits: AssociationLimits;
  readonly identifier: Uint8Array;
  readonly storage: readonly StorageContext[];
  readonly responseTimeoutMs: number;
}

/** Instances of one study that a retrieval waits for, from one archive. */
export interface Expectation {
  readonly archive: string;
  readonly study: Uid;
  /** AE title of the archive, to tell two archives apart that hold the same study. */
  readonly archiveAeTitle: string;
}

/** Messages to the receiving thread; `id` ties an answer to its question. */
export type ToReceiver =
  | { readonly kind: 'expect'; readonly id: number; readonly expectation: Expectation }
  | { readonly kind: 'unexpect'; readonly id: number }
  | { readonly kind: 'get'; readonly id: number; readonly order: GetOrder }
  | { readonly kind: 'cancel-get'; readonly id: number }
  | { readonly kind: 'stop' };

/** A BrokerError on its way between threads: errors lose their class there. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly dimseStatus: number | undefined;
  readonly remedy: string | undefined;
}

/** An instance that was not kept, and why. */
export interface RefusedInstance {
  readonly sopInstanceUid: string;
  readonly callingAeTitle: string;
  readonly peer: string;
  readonly association: string | undefined;
  readonly status: number;
  readonly comment: string | undefined;
}

/** A sign that an instance is on its way, given at most once a second while a large one arrives. */
export interface ReceivingInstance {
  readonly archive: string;
  readonly study: Uid;
  /** Bytes of it that have come since the last sign. */
  readonly bytes: number;
}

/** Messages from the receiving thread. */
export type FromReceiver =
  | { readonly kind: 'listening'; readonly address: string; readonly port: number; readonly quickAck: string }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'expecting'; readonly id: number }
  /** Bytes of data sets that have come since this was last said, whole instances or not. */
  | { readonly kind: 'received'; readonly bytes: number }
  | { readonly kind: 'stored'; readonly instance: StoredInstance }
  | { readonly kind: 'receiving'; readonly receiving: ReceivingInstance }
  | { readonly kind: 'refused'; readonly refused: RefusedInstance }
  | { readonly kind: 'association'; readonly event: ScpAssociationEvent }
  | { readonly kind: 'get-progress'; readonly id: number; readonly progress: RetrieveProgress }
  | { readonly kind: 'get-ended'; readonly id: number; readonly end: RetrieveEnd }
  | { readonly kind: 'get-failed'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'stopped' };
