/** Signs of life of a retrieval, and waiting for them. */
export class ArrivalWatch {
  #lastSign = performance.now();
  readonly #waiting = new Set<() => void>();

  /** Something has arrived. */
  sign(): void {
    this.#lastSign = performance.now();
    for (const wake of this.#waiting) wake();
  }

  /** Settles when `condition` holds, when nothing has arrived for `silenceMs`, or on the signal. */
  async until(condition: () => boolean, silenceMs: number, signal: AbortSignal): Promise<void> {
    this.#lastSign = performance.now();
    while (!signal.aborted && !condition()) {
      const left = silenceMs - this.#silentFor;
      if (left <= 0) return;
      await this.#signOr(left, signal);
    }
  }

  /**
   * A signal that fires when nothing has arrived for `silenceMs` while `applies`. Dispose of it to end
   * the watch.
   */
  silence(silenceMs: number, applies: () => boolean): { signal: AbortSignal } & Disposable {
    const controller = new AbortController();
    this.#lastSign = performance.now();
    const timer = setInterval(
      () => {
        if (applies() && this.#silentFor >= silenceMs) controller.abort();
      },
      Math.min(1_000, Math.max(10, silenceMs / 4)),
    );
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        clearInterval(timer);
      },
    };
  }

  get #silentFor(): number {
    return performance.now() - this.#lastSign;
  }

  #signOr(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', settle);
        this.#waiting.delete(settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      signal.addEventListener('abort', settle, { once: true });
      this.#waiting.add(settle);
    });
  }
}
