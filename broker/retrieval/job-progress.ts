import type { Resource } from '../domain/resource.ts';

export type JobState =
  'asking' | 'settling' | 'waiting to retry' | 'complete' | 'incomplete' | 'failed' | 'cancelled';

/** Where a job stands, for those who look at it. */
export interface JobProgress {
  readonly archive: string;
  readonly resource: Resource;
  readonly state: JobState;
  readonly startedAt: number;
  readonly attempt: number;
  readonly received: number;
  /** Undefined while the archive has not said how many there are. */
  readonly expected: number | undefined;
}
