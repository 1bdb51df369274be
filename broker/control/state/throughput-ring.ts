import type { Throughput } from '../contract/gateway-state.ts';

/** Bytes since some moment; smaller than before where a part was started again. */
export interface TrafficTotals {
  readonly received: number;
  readonly sent: number;
}

/** Five minutes, at one sample a second. */
const maxSamples = 300;

/** What was received and sent in each second of the last five minutes. */
export class ThroughputRing {
  readonly #samples: Throughput[] = [];
  #before: TrafficTotals | undefined;
  #beforeAt = 0;

  /** The oldest first. */
  get samples(): readonly Throughput[] {
    return this.#samples;
  }

  /** Begins to count where nothing ran before: what comes until the first sample is in it. */
  begin(totals: TrafficTotals | undefined, now: number): void {
    if (this.#before !== undefined) return;
    this.#before = totals;
    this.#beforeAt = now;
  }

  /**
   * Takes the sample of a second.
   * @param totals undefined while nothing runs
   * @param now milliseconds since 1970
   */
  take(totals: TrafficTotals | undefined, now: number): Throughput {
    const seconds = Math.max(0.001, (now - this.#beforeAt) / 1000);
    const rate = (of: keyof TrafficTotals): number => {
      if (totals === undefined || this.#before === undefined) return 0;
      return Math.max(0, Math.round((totals[of] - this.#before[of]) / seconds));
    };
    const sample = { at: new Date(now).toISOString(), received: rate('received'), sent: rate('sent') };
    this.#before = totals;
    this.#beforeAt = now;
    this.#samples.push(sample);
    if (this.#samples.length > maxSamples) this.#samples.shift();
    return sample;
  }
}
