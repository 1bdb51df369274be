const firstMs = 1_000;
const longestMs = 60_000;

/** How long to wait before something that has failed is started again: 1 s, then twice as long each time, up to 60 s. */
export class RestartDelay {
  readonly #firstMs: number;
  #failures = 0;

  constructor(first = firstMs) {
    this.#firstMs = first;
  }

  /** The wait after one more failure, in milliseconds. */
  next(): number {
    const delay = Math.min(this.#firstMs * 2 ** this.#failures, longestMs);
    this.#failures += 1;
    return delay;
  }

  /** The next failure is the first again. */
  succeeded(): void {
    this.#failures = 0;
  }
}
