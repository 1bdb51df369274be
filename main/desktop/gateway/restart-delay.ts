const firstMs = 1_000;
const longestMs = 60_000;
/** A gateway that ran for that long before it failed is started again as quickly as the first time. */
const steadyMs = 10 * 60_000;

/** How long to wait before a gateway that has failed is started again: 1 s, then twice as long each time, up to 60 s. */
export class RestartDelay {
  #failures = 0;

  /** @param ranForMs how long it ran before it failed; 0 where it never came to run */
  afterRun(ranForMs: number): number {
    if (ranForMs >= steadyMs) this.#failures = 0;
    const delay = Math.min(firstMs * 2 ** this.#failures, longestMs);
    this.#failures += 1;
    return delay;
  }
}
