import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';

interface Study {
  active: number;
  /** One series of it has come. */
  hasFirst: boolean;
  readonly waiting: Set<() => void>;
}

/**
 * Lets the first series of a study come alone, and the others after it side by side, in the order in which
 * they were asked for. A viewer asks for all series of a study at once and shows each when it is whole: where
 * all come side by side, the first is whole when nearly everything is there. Single instances, of which one is
 * wanted now, and whole studies wait for nobody here.
 */
export class SeriesTurns {
  readonly #limit: number;
  readonly #studies = new Map<string, Study>();

  /** @param limit series of one study that come at the same time, after the first */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Studies of which a series comes or waits. */
  get studies(): number {
    return this.#studies.size;
  }

  /**
   * Settles when it is the turn of a series, which ends when the result is disposed of.
   * @throws BrokerError `cancelled` on the signal
   */
  async acquire(resource: Resource, signal: AbortSignal | undefined): Promise<Disposable> {
    if (resource.level !== 'series') return { [Symbol.dispose]: () => undefined };
    const key = resource.study;
    const study = this.#studies.get(key) ?? { active: 0, hasFirst: false, waiting: new Set() };
    this.#studies.set(key, study);
    if (study.active < this.#limitOf(study)) study.active += 1;
    else await this.#wait(key, study, signal);
    return {
      [Symbol.dispose]: () => {
        study.active -= 1;
        study.hasFirst = true;
        this.#goOn(key, study);
      },
    };
  }

  #limitOf({ hasFirst }: Study): number {
    return hasFirst ? this.#limit : 1;
  }

  #wait(key: string, study: Study, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        study.waiting.delete(go);
        signal?.removeEventListener('abort', cancel);
      };
      const go = (): void => {
        leave();
        study.active += 1;
        resolve();
      };
      const cancel = (): void => {
        leave();
        this.#goOn(key, study);
        reject(new BrokerError('cancelled', 'The request was cancelled.'));
      };
      study.waiting.add(go);
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
    });
  }

  #goOn(key: string, study: Study): void {
    for (const go of study.waiting) {
      if (study.active >= this.#limitOf(study)) return;
      go();
    }
    if (study.active === 0 && study.waiting.size === 0) this.#studies.delete(key);
  }
}
