import type { Uid } from '../domain/uid.ts';

interface Held {
  count: number;
  /** Called when the last hold is given up. */
  readonly waiting: Set<() => void>;
}

/** Counts who is receiving or sending a study: such a study does not leave the cache. */
export class StudyHolds {
  readonly #held = new Map<string, Held>();

  /** @param released called when this hold is given up, which counts once */
  hold(archive: string, study: Uid, released: () => void): Disposable {
    const key = `${archive}/${study}`;
    const held = this.#held.get(key) ?? { count: 0, waiting: new Set() };
    held.count += 1;
    this.#held.set(key, held);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        held.count -= 1;
        if (held.count === 0) this.#held.delete(key);
        released();
        if (held.count === 0) for (const tell of held.waiting) tell();
      },
    };
  }

  isHeld(archive: string, study: Uid): boolean {
    return this.#held.has(`${archive}/${study}`);
  }

  /** Settles when nobody holds the study, or the time is up, or the signal fires. */
  async whenFree(archive: string, study: Uid, { timeoutMs, signal }: WaitOptions): Promise<void> {
    const held = this.#held.get(`${archive}/${study}`);
    if (held === undefined || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        held.waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      held.waiting.add(settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
