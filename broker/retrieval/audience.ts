import type { StoredInstance } from '../cache/stored-instance.ts';
import type { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Subscription } from './subscription.ts';

export interface AudienceOptions {
  /** How long it may be empty. */
  readonly graceMs: number;
  /** Whether all of a part of the retrieval is there. */
  readonly isComplete: (part: Resource) => boolean;
  /** Called when nobody has waited for that long, and nobody is expected back. */
  readonly onNobody: () => void;
}

/** Who waits for a retrieval. Clients that were told to come back later count until then. */
export class Audience {
  readonly #options: AudienceOptions;
  readonly #subscriptions = new Set<Subscription>();
  #interestUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  add(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
    clearTimeout(this.#timer);
    this.#finishIfComplete(subscription);
  }

  /** Hands an instance to those who want it. */
  offer(instance: StoredInstance): void {
    for (const subscription of this.#subscriptions) {
      subscription.offer(instance);
      this.#finishIfComplete(subscription);
    }
  }

  /** Tells those who have all that they want. */
  finishComplete(): void {
    for (const subscription of this.#subscriptions) this.#finishIfComplete(subscription);
  }

  /** Tells everybody how it ended, and lets them go. */
  dismiss(error: BrokerError | undefined): void {
    for (const subscription of this.#subscriptions) subscription.finish(error);
    this.#subscriptions.clear();
    this.#watch();
  }

  remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    this.#watch();
  }

  /** Somebody was told to come back within `ms`. */
  expectReturn(ms: number): void {
    this.#interestUntil = Math.max(this.#interestUntil, performance.now() + ms);
    this.#watch();
  }

  /** Nobody is watched for any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #finishIfComplete(subscription: Subscription): void {
    if (this.#options.isComplete(subscription.resource)) subscription.finish(undefined);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#subscriptions.size > 0) return;
    const interestMs = Math.max(0, this.#interestUntil - performance.now());
    this.#timer = setTimeout(this.#options.onNobody, this.#options.graceMs + interestMs);
    this.#timer.unref();
  }
}
