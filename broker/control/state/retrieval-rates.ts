import type { JobProgress } from '../../retrieval/job-progress.ts';

interface Pace {
  bytes: number;
  at: number;
  bytesPerSecond: number;
}

/** Over this time a change of pace shows: long enough that single images do not make the number jump. */
const smoothedOverSecs = 3;

/** How fast retrievals go on, smoothed. */
export class RetrievalRates {
  readonly #paces = new Map<string, Pace>();

  /**
   * Looks at the retrievals that go on; others are forgotten.
   * @param now milliseconds since 1970
   */
  observe(jobs: readonly JobProgress[], now: number): void {
    const ids = new Set(jobs.map(({ id }) => id));
    for (const id of this.#paces.keys()) if (!ids.has(id)) this.#paces.delete(id);
    for (const { id, receivedBytes, startedAt } of jobs) {
      const pace = this.#paces.get(id) ?? { bytes: 0, at: startedAt, bytesPerSecond: 0 };
      this.#paces.set(id, pace);
      const seconds = (now - pace.at) / 1000;
      if (seconds <= 0) continue;
      const current = Math.max(0, receivedBytes - pace.bytes) / seconds;
      const isFirst = pace.bytesPerSecond === 0;
      const weight = isFirst ? 1 : 1 - Math.exp(-seconds / smoothedOverSecs);
      pace.bytesPerSecond += weight * (current - pace.bytesPerSecond);
      pace.bytes = receivedBytes;
      pace.at = now;
    }
  }

  bytesPerSecond({ id }: JobProgress): number {
    return Math.round(this.#paces.get(id)?.bytesPerSecond ?? 0);
  }

  /** Undefined where the archive has not said how many there are, or nothing comes. */
  secondsLeft(job: JobProgress): number | undefined {
    const { received, receivedBytes, expected } = job;
    const rate = this.bytesPerSecond(job);
    if (expected === undefined || received === 0 || rate === 0) return undefined;
    const bytesLeft = Math.max(0, expected - received) * (receivedBytes / received);
    return Math.ceil(bytesLeft / rate);
  }
}
