import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { AttributeLines } from '../dicom/attribute-lines.ts';
import type { InstanceOutline } from '../dicom/instance-outline.ts';
import { BrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import { type InstancePlaces, placesOf } from './instance-places.ts';
import {
  type MetadataAnswer,
  type MetadataWorkerData,
  type NamedStudy,
  type TextBatch,
  packInstances,
} from './metadata-protocol.ts';
import { MetadataThread } from './metadata-thread.ts';
import { PlacesMemory } from './places-memory.ts';
import type { StoredInstance } from './stored-instance.ts';

export type { InstancePlaces } from './instance-places.ts';
export type { TextBatch } from './metadata-protocol.ts';

export interface MetadataOptions {
  /** Of the cache; `metadata.sqlite` in it belongs to this one broker. */
  readonly directory: string;
  readonly logger: CacheLogger;
  readonly startWorker?: (data: MetadataWorkerData) => Worker;
  readonly timeoutMs?: number;
}

export interface TextOptions {
  /** URL of the service for the client that asks: bulk data is below it. */
  readonly service: string;
  readonly signal: AbortSignal;
}

/** Instances that are asked for together: few enough to be told in no time. */
const mostAtOnce = 128;
/** Metadata is made when nothing has arrived for a moment, so that receiving goes first; or after a while. */
const quietMs = 100;
const longestWaitMs = 1000;

/** A BrokerError of one instance, so that it can be dropped and fetched again. */
export class UnreadableInstanceError extends BrokerError {
  readonly instance: StoredInstance;

  constructor(instance: StoredInstance, { code, message }: Pick<BrokerError, 'code' | 'message'>) {
    super(code, message);
    this.instance = instance;
  }
}

/**
 * What the instances of the cache say, without their large values: made once when an instance arrives, in
 * a thread of its own, and kept beside the cache. What is missing is made when it is asked for.
 */
export class Metadata {
  readonly #thread: MetadataThread;
  readonly #memory = new PlacesMemory();
  #arrived: StoredInstance[] = [];
  #arrivedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ directory, ...options }: MetadataOptions) {
    this.#thread = new MetadataThread({ ...options, path: join(directory, 'metadata.sqlite') });
  }

  /** Has the metadata of an instance that has just arrived made soon. */
  prepare(instance: StoredInstance): void {
    if (this.#arrived.length === 0) this.#arrivedAt = performance.now();
    this.#arrived.push(instance);
    if (this.#timer !== undefined && performance.now() - this.#arrivedAt < longestWaitMs)
      this.#timer.refresh();
    else if (this.#timer === undefined)
      this.#timer = setTimeout(() => this.#prepareArrived(), quietMs).unref();
  }

  /**
   * DICOM JSON texts of the instances, in their order, in batches of half a MiB or what is made in a
   * moment. The next batch is on its way while one is being used.
   * @throws UnreadableInstanceError `cache-damaged` where a file is needed and is not what it was;
   *   BrokerError `cancelled` on the signal, `internal`
   */
  async *texts(
    instances: readonly StoredInstance[],
    { service, signal }: TextOptions,
  ): AsyncGenerator<TextBatch, void, undefined> {
    const ask = (from: number): Promise<TextBatch> => {
      const wanted = instances.slice(from, from + mostAtOnce);
      const asked = this.#thread.ask({ kind: 'texts', instances: packInstances(wanted), service });
      const batch = asked.then(({ texts, failure }) => texts ?? fail(wanted, failure));
      batch.catch(() => undefined);
      return batch;
    };
    let from = 0;
    let ahead = instances.length > 0 ? ask(from) : undefined;
    while (ahead !== undefined) {
      const batch: TextBatch = await settledOrAborted(ahead, signal);
      from += batch.ends.length;
      ahead = from < instances.length ? ask(from) : undefined;
      yield batch;
    }
  }

  /**
   * Where the large values of an instance are, without a look into its file where it is known.
   * @throws as `texts`
   */
  describe(instance: StoredInstance, signal: AbortSignal): Promise<InstancePlaces> {
    const places = this.#memory.get(instance, async () => {
      const answer = await this.#thread.ask({ kind: 'places', instances: packInstances([instance]) });
      const text = answer.places ?? fail([instance], answer.failure);
      return placesOf(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString());
    });
    return settledOrAborted(places, signal);
  }

  /**
   * What lists show of instances, in their order; null for one whose file cannot be read.
   * @throws BrokerError `cancelled` on the signal, `internal`
   */
  async outlines(
    instances: readonly StoredInstance[],
    signal: AbortSignal,
  ): Promise<(InstanceOutline | null)[]> {
    const outlines: (InstanceOutline | null)[] = [];
    while (outlines.length < instances.length) {
      const wanted = instances.slice(outlines.length, outlines.length + mostAtOnce);
      const asked = this.#thread.ask({ kind: 'outlines', instances: packInstances(wanted) });
      const { outlines: made = [] } = await settledOrAborted(asked, signal);
      if (made.length === 0)
        throw new BrokerError('internal', 'The thread that makes metadata gave no answer.');
      outlines.push(...made);
    }
    return outlines;
  }

  /**
   * The attributes of an instance, laid out for people; bounded, whatever the file holds.
   * @throws as `texts`
   */
  async attributes(instance: StoredInstance, signal: AbortSignal): Promise<AttributeLines> {
    const asked = this.#thread.ask({ kind: 'attributes', instances: packInstances([instance]) });
    const { attributes, failure } = await settledOrAborted(asked, signal);
    return attributes ?? fail([instance], failure);
  }

  /** Forgets a study that has left the cache. */
  removeStudy(archive: string, study: string): void {
    this.#thread.tell({ kind: 'remove', studies: [{ archive, study }] });
  }

  /** Forgets every study that is not in the cache. */
  async removeOthers(isCached: (archive: string, study: string) => boolean): Promise<void> {
    let after: NamedStudy = { archive: '', study: '' };
    for (;;) {
      const { studies = [] } = await this.#thread.ask({ kind: 'studies', after });
      const last = studies.at(-1);
      if (last === undefined) return;
      after = last;
      const gone = studies.filter(({ archive, study }) => !isCached(archive, study));
      if (gone.length > 0) this.#thread.tell({ kind: 'remove', studies: gone });
    }
  }

  /** Writes what has been made, and ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#thread.close();
  }

  #prepareArrived(): void {
    this.#timer = undefined;
    const instances = this.#arrived;
    this.#arrived = [];
    this.#thread.tell({ kind: 'prepare', instances: packInstances(instances) });
  }
}

/** @throws UnreadableInstanceError, always */
function fail(wanted: readonly StoredInstance[], failure: MetadataAnswer['failure']): never {
  const instance = failure === undefined ? undefined : wanted[failure.index];
  if (failure === undefined || instance === undefined) {
    throw new BrokerError('internal', 'The thread that makes metadata gave no answer.');
  }
  throw new UnreadableInstanceError(instance, failure);
}

/** @throws what the work throws; BrokerError `cancelled` on the signal, where the work goes on for others */
async function settledOrAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(new BrokerError('cancelled', 'The request was cancelled.', { cause: signal.reason }));
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
