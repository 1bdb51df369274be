import type { Uid } from '../domain/uid.ts';
import { ArrivalWatch } from './arrival-watch.ts';

/** What a retrieval has received. */
export class ReceivedInstances {
  readonly uids = new Set<Uid>();
  readonly watch = new ArrivalWatch();
  #sinceAsked = 0;
  #arrivedNew = 0;
  #hasArrived = false;

  get count(): number {
    return this.uids.size;
  }

  /** Arrivals since the archive was last asked, repeated ones included, as it counts them. */
  get sinceAsked(): number {
    return this.#sinceAsked;
  }

  /** Arrivals of what was not there, as a number that only grows: a measure of progress. */
  get arrivedNew(): number {
    return this.#arrivedNew;
  }

  /** Whether something has arrived since the retrieval began: the archive has the data at hand. */
  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Takes note of what had been received before. */
  know(instance: Uid): void {
    this.uids.add(instance);
  }

  arrived(instance: Uid): void {
    if (!this.uids.has(instance)) this.#arrivedNew += 1;
    this.uids.add(instance);
    this.#sinceAsked += 1;
    this.#hasArrived = true;
  }

  lost(instance: Uid): void {
    this.uids.delete(instance);
  }

  /** The archive is about to be asked. */
  beginRound(): void {
    this.#sinceAsked = 0;
  }
}
