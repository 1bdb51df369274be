import { randomUUID } from 'node:crypto';
import { BrokerError } from '../domain/errors.ts';
import { type LogContext, inLogContext, streamInLogContext } from '../observe/log-context.ts';
import { Association, type AssociationRequest } from './association.ts';
import type { Permit, Permits } from './permits.ts';

export interface PoolOptions {
  /** What every association of the pool proposes; a function where that changes from one to the next. */
  readonly request: AssociationRequest | (() => AssociationRequest);
  /** Shared by all pools of one archive. */
  readonly permits: Permits;
  /** How long to wait for a free association. */
  readonly queueTimeoutMs: number;
  /** How long an idle association is kept. */
  readonly idleTimeoutMs: number;
  /** Told of each association that opens or ends, with the id that log entries have of it. */
  readonly onChange?: (change: 'opened' | 'closed', id: string) => void;
}

interface Idle {
  readonly association: Association;
  readonly permit: Permit;
  readonly timer: NodeJS.Timeout;
}

/**
 * Associations with one archive that are used again: opening one costs two round trips and, at many
 * archives, a process. An association is lent to one user at a time and released when idle.
 */
export class AssociationPool {
  readonly #options: PoolOptions;
  readonly #idle: Idle[] = [];
  readonly #open = new Map<Association, string>();
  /** Associations that go to users of this pool who wait in turn and have just been granted a permit. */
  readonly #handedOver: Association[] = [];
  readonly #stopping = new AbortController();

  constructor(options: PoolOptions) {
    this.#options = options;
    options.permits.onShortage(() => this.#releaseOneIdle());
  }

  /** Associations that are open, idle ones included. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Runs `work` on an association. Where a kept one turns out to have been closed by the archive
   * before it answered anything, the work is run once more on a new one.
   * @param suits says whether an association that was opened earlier will do; others are released
   * @throws BrokerError `busy`, those of Association.open, and what `work` throws
   */
  async use<T>(
    work: (association: Association) => Promise<T>,
    signal?: AbortSignal,
    suits: Suits = anySuits,
  ): Promise<T> {
    const kept = this.#takeIdle(suits);
    if (kept !== undefined) {
      const outcome = await this.#attemptOn(kept, work);
      if (outcome !== stale) return outcome.value;
    }
    const lent = await this.#openNew(signal, suits);
    try {
      return await this.#logged(lent.association, work);
    } finally {
      this.#giveBack(lent);
    }
  }

  /** The same for work that yields; the association is given back when the generator ends or is left. */
  async *stream<T>(
    work: (association: Association) => AsyncGenerator<T, void, undefined>,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void, undefined> {
    let kept = this.#takeIdle();
    for (;;) {
      const lent = kept ?? (await this.#openNew(signal));
      const before = lent.association.responsesReceived;
      let started = false;
      try {
        for await (const value of streamInLogContext(
          this.#context(lent.association),
          work(lent.association),
        )) {
          started = true;
          yield value;
        }
        return;
      } catch (error) {
        if (kept === undefined || started || !isStale(error, lent.association, before)) throw error;
      } finally {
        this.#giveBack(lent);
      }
      kept = undefined;
    }
  }

  /** Releases the idle associations and aborts those in use; settles when all are closed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const idle of this.#idle.splice(0)) {
      clearTimeout(idle.timer);
      void this.#end(idle);
    }
    await Promise.all([...this.#open.keys()].map((association) => association.end()));
  }

  async #attemptOn<T>(
    kept: Lent,
    work: (association: Association) => Promise<T>,
  ): Promise<{ value: T } | typeof stale> {
    const before = kept.association.responsesReceived;
    try {
      return { value: await this.#logged(kept.association, work) };
    } catch (error) {
      if (isStale(error, kept.association, before)) return stale;
      throw error;
    } finally {
      this.#giveBack(kept);
    }
  }

  /** What is logged while an association is used carries its id. */
  #logged<T>(association: Association, work: (association: Association) => Promise<T>): Promise<T> {
    return inLogContext(this.#context(association), () => work(association));
  }

  #context(association: Association): LogContext {
    const id = this.#open.get(association);
    return id === undefined ? {} : { association: id };
  }

  /** The one used last: the others come to their idle limit sooner that way. */
  #takeIdle(suits: Suits = anySuits): Lent | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.association.isIdle) idle.permit[Symbol.dispose]();
      else if (suits(idle.association)) return idle;
      else void this.#end(idle);
    }
    return undefined;
  }

  /** One that was handed over counts as new: it answered somebody a moment ago. */
  async #openNew(signal?: AbortSignal, suits: Suits = anySuits): Promise<Lent> {
    const { permits, queueTimeoutMs, request } = this.#options;
    const either =
      signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]);
    let permit: Permit | undefined;
    try {
      permit = await permits.acquire(queueTimeoutMs, either, this);
      const handedOver = this.#handedOver.pop();
      if (handedOver?.isIdle === true && suits(handedOver)) return { association: handedOver, permit };
      void handedOver?.end();
      const association = await Association.open(typeof request === 'function' ? request() : request, either);
      this.#watch(association);
      return { association, permit };
    } catch (error) {
      permit?.[Symbol.dispose]();
      if (!this.#stopping.signal.aborted) throw error;
      throw new BrokerError('cancelled', 'The gateway is shutting down.', { cause: error });
    }
  }

  #watch(association: Association): void {
    const id = randomUUID().slice(0, 8);
    this.#open.set(association, id);
    this.#options.onChange?.('opened', id);
    void association.closed.then(() => {
      this.#open.delete(association);
      this.#forget(association);
      this.#options.onChange?.('closed', id);
    });
  }

  #giveBack(lent: Lent): void {
    const { permits, idleTimeoutMs } = this.#options;
    const isUsable = lent.association.isIdle && !this.#stopping.signal.aborted;
    if (isUsable && permits.isNext(this)) {
      this.#handedOver.push(lent.association);
      lent.permit[Symbol.dispose]();
      return;
    }
    // Somebody else may be waiting for the permit, with other needs: an idle association gives way.
    if (!isUsable || permits.queued > 0 || idleTimeoutMs === 0) {
      void this.#end(lent);
      return;
    }
    const idle: Idle = {
      ...lent,
      timer: setTimeout(() => {
        const place = this.#idle.indexOf(idle);
        if (place >= 0) this.#idle.splice(place, 1);
        void this.#end(idle);
      }, idleTimeoutMs),
    };
    idle.timer.unref();
    this.#idle.push(idle);
  }

  /** @returns whether there was one */
  #releaseOneIdle(): boolean {
    const idle = this.#idle.shift();
    if (idle === undefined) return false;
    clearTimeout(idle.timer);
    void this.#end(idle);
    return true;
  }

  async #end({ association, permit }: Lent): Promise<void> {
    try {
      await association.end();
    } finally {
      permit[Symbol.dispose]();
    }
  }

  /** The archive closed an idle association: its permit is free again. */
  #forget(association: Association): void {
    const place = this.#idle.findIndex((idle) => idle.association === association);
    const [idle] = place < 0 ? [] : this.#idle.splice(place, 1);
    if (idle === undefined) return;
    clearTimeout(idle.timer);
    idle.permit[Symbol.dispose]();
  }
}

type Suits = (association: Association) => boolean;

const anySuits: Suits = () => true;

interface Lent {
  readonly association: Association;
  readonly permit: Permit;
}

const stale = Symbol('the kept association had been closed');

/** A kept association that breaks before it answers anything was closed by the archive in the meantime. */
function isStale(error: unknown, association: Association, responsesBefore: number): boolean {
  if (!(error instanceof BrokerError) || error.code !== 'association-aborted') return false;
  return association.responsesReceived === responsesBefore;
}
