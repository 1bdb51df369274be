import type { StoredInstance } from '../cache/stored-instance.ts';
import type { Uid } from '../domain/uid.ts';
import { ArrivalWatch } from './arrival-watch.ts';

/** What a retrieval has received. */
export class ReceivedInstances {
  readonly uids = new Set<Uid>();
  readonly watch = new ArrivalWatch();
  #sinceAsked = 0;
  #arrivedNew = 0;
  #hasArrived = false;
  #bytes = 0;
  /** Of instances that are on their way, as far as signs of them tell. */
  #bytesComing = 0;

  get count(): number {
    return this.uids.size;
  }

  /** Bytes of data sets that are there or on their way. */
  get bytes(): number {
    return this.#bytes + this.#bytesComing;
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
  know(instance: StoredInstance): void {
    this.uids.add(instance.instance);
    this.#bytes += dataSetSize(instance);
  }

  arrived(stored: StoredInstance): void {
    const { instance } = stored;
    if (!this.uids.has(instance)) this.#arrivedNew += 1;
    this.uids.add(instance);
    this.#bytes += dataSetSize(stored);
    this.#bytesComing = Math.max(0, this.#bytesComing - dataSetSize(stored));
    this.#sinceAsked += 1;
    this.#hasArrived = true;
  }

  /** A part of an instance has come. */
  coming(bytes: number): void {
    this.#bytesComing += bytes;
    this.watch.sign();
  }

  lost(instance: Uid): void {
    this.uids.delete(instance);
  }

  /** The archive is about to be asked. */
  beginRound(): void {
    this.#sinceAsked = 0;
  }
}

function dataSetSize({ size, dataSetOffset }: StoredInstance): number {
  return size - dataSetOffset;
}
