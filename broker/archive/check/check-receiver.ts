import type { Uid } from '../../domain/uid.ts';
import type { GetRunner } from '../archive-retrieve.ts';

/** Where our storage SCP is, as the archive must know it. */
export interface ReceiverPlace {
  readonly aeTitle: string;
  /** The address that it listens on. */
  readonly host: string;
  readonly port: number;
}

/** Something that came to our storage SCP while a test retrieval went on. */
export type CheckArrival =
  | { readonly kind: 'stored'; readonly instance: string; readonly bytes: number }
  | {
      readonly kind: 'refused';
      readonly instance: string;
      readonly callingAeTitle: string;
      readonly comment: string | undefined;
    }
  | { readonly kind: 'opened'; readonly callingAeTitle: string; readonly peer: string }
  | {
      readonly kind: 'rejected';
      readonly callingAeTitle: string;
      readonly peer: string;
      /** Why our storage SCP turned it away. */
      readonly reason: string;
    };

export interface CheckExpectation {
  /** The archive's name in the settings. */
  readonly archive: string;
  readonly archiveAeTitle: string;
  readonly study: Uid;
  readonly instance: Uid;
  /** For a storage SCP that is started for the check, where none runs. */
  readonly place: ReceiverPlace;
}

/** A storage SCP that lets the instances of one study in. Disposal ends that. */
export interface CheckReception extends AsyncDisposable {
  readonly place: ReceiverPlace;
  /** What has come so far, at most some hundred. */
  readonly arrivals: readonly CheckArrival[];
  /** Runs a C-GET where instances are received. */
  readonly get: GetRunner;
  /** Whether the instance comes within the time. Never rejects. */
  waitForInstance(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
}

/** Receives what an archive that is being checked sends: at the running gateway, or for itself. */
export interface CheckReceiver {
  /** @throws BrokerError `configuration` where it cannot listen */
  open(expectation: CheckExpectation, signal: AbortSignal): Promise<CheckReception>;
}
