import { BrokerError } from '../domain/errors.ts';

interface Waiting {
  readonly who: object | undefined;
  readonly grant: () => void;
}

/** A permit; giving it back twice counts once. */
export interface Permit {
  [Symbol.dispose](): void;
}

/**
 * How many associations an archive may have from us at once. Who finds none free waits in turn, for a
 * limited time.
 */
export class Permits {
  readonly #limit: number;
  readonly #what: string;
  readonly #waiting: Waiting[] = [];
  readonly #relief: (() => boolean)[] = [];
  #taken = 0;

  /** @param what whose permits these are, for the error text */
  constructor(limit: number, what: string) {
    this.#limit = limit;
    this.#what = what;
  }

  get taken(): number {
    return this.#taken;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /** Registers who can free a permit that it holds without using it; it says whether it did. */
  onShortage(free: () => boolean): void {
    this.#relief.push(free);
  }

  /** True where `who` is the one who gets the next permit that is given back. */
  isNext(who: object): boolean {
    return this.#waiting[0]?.who === who;
  }

  /**
   * @param who lets the one who gives a permit back know whom it goes to
   * @throws BrokerError `busy` where none becomes free in time, `cancelled` on the signal
   */
  async acquire(timeoutMs: number, signal?: AbortSignal, who?: object): Promise<Permit> {
    if (signal?.aborted) throw new BrokerError('cancelled', 'The request was cancelled.');
    if (this.#taken < this.#limit) this.#taken += 1;
    else await this.#queue(timeoutMs, signal, who);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#giveBack();
        held = false;
      },
    };
  }

  #queue(timeoutMs: number, signal: AbortSignal | undefined, who: object | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        const place = this.#waiting.indexOf(waiting);
        if (place >= 0) this.#waiting.splice(place, 1);
      };
      const waiting: Waiting = {
        who,
        grant: () => {
          leave();
          resolve();
        },
      };
      const cancel = (): void => {
        leave();
        reject(new BrokerError('cancelled', 'The request was cancelled.'));
      };
      const timer = setTimeout(() => {
        leave();
        reject(
          new BrokerError(
            'busy',
            `All ${this.#limit} associations with ${this.#what} are in use, and none became free within ${timeoutMs / 1000} s.`,
            { retryAfterInSecs: 30 },
          ),
        );
      }, timeoutMs);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(waiting);
      this.#relief.some((free) => free());
    });
  }

  /** A permit goes straight to the next in turn, so that nobody can overtake. */
  #giveBack(): void {
    const next = this.#waiting[0];
    if (next === undefined) this.#taken -= 1;
    else next.grant();
  }
}
