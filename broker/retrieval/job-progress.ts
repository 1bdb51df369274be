import type { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';

export type JobState =
  'asking' | 'settling' | 'waiting to retry' | 'complete' | 'incomplete' | 'failed' | 'cancelled';

/** Where a job stands, for those who look at it. */
export interface JobProgress {
  /** Good as long as the job goes on. */
  readonly id: string;
  readonly archive: string;
  readonly resource: Resource;
  readonly state: JobState;
  readonly startedAt: number;
  readonly attempt: number;
  readonly received: number;
  /** Bytes of the data sets of it. */
  readonly receivedBytes: number;
  /** Undefined while the archive has not said how many there are. */
  readonly expected: number | undefined;
  /** Why the last attempt failed, or how it ended. */
  readonly error: BrokerError | undefined;
}
