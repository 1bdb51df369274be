import { toBrokerError } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import type { Cache } from './cache.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { Metadata } from './metadata.ts';
import type { StoredInstance } from './stored-instance.ts';

export interface SummariesOptions {
  readonly cache: Cache;
  readonly metadata: Pick<Metadata, 'outlines'>;
  readonly logger: CacheLogger;
}

/** Series gather for so long, so that those of a study that arrives are asked for together. */
const gatherMs = 200;
/** Series that are looked into together. */
const batchLength = 32;
/** Series that wait to be looked into; of more, those are found in the index that nothing is known of. */
const mostWaiting = 4096;
/** Series that are remembered as known; of more, the index is asked again. */
const mostKnown = 8192;

/**
 * Fills in what lists show of studies and series: one instance of each series is looked into when it arrives.
 * It is the metadata thread that looks, and describes the instance for everybody by that.
 */
export class StudySummaries {
  readonly #options: SummariesOptions;
  readonly #closing = new AbortController();
  /** Keys of series that are described, wait for it, or cannot be. */
  readonly #known = new Set<string>();
  #waiting: StoredInstance[] = [];
  #overflowed = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #last: StoredInstance | undefined;

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  /** An instance has arrived and is in the cache. */
  arrived(instance: StoredInstance): void {
    const last = this.#last;
    if (
      last?.series === instance.series &&
      last.study === instance.study &&
      last.archive === instance.archive
    )
      return;
    this.#last = instance;
    const key = keyOf(instance);
    if (this.#known.has(key) || this.#closing.signal.aborted) return;
    if (this.#waiting.length >= mostWaiting) {
      this.#overflowed = true;
    } else {
      this.#remember(key);
      this.#waiting.push(instance);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#run(() => this.#describeWaiting());
    }, gatherMs).unref();
  }

  /** Looks in the background for series that nothing is known of: those of older caches, and of rebuilt indexes. */
  rebuild(): void {
    this.#run(() => this.#describeAll());
  }

  /** A study has left the cache. */
  forget(archive: string, study: Uid): void {
    this.#last = undefined;
    const prefix = `${archive}/${study}/`;
    for (const key of this.#known) if (key.startsWith(prefix)) this.#known.delete(key);
  }

  /** Stops looking, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One thing after the other. */
  #run(work: () => Promise<void>): void {
    this.#running = this.#running.then(async () => {
      if (this.#closing.signal.aborted) return;
      try {
        await work();
      } catch (thrown) {
        if (toBrokerError(thrown).code === 'cancelled') return;
        this.#options.logger.warn({ err: thrown }, 'What studies of the cache are about cannot be noted.');
      }
    });
  }

  async #describeWaiting(): Promise<void> {
    const { catalogue } = this.#options.cache;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, batchLength);
      this.#waiting = this.#waiting.slice(batchLength);
      await this.#describe(
        batch.filter(({ archive, study, series }) => !catalogue.isDescribed(archive, study, series)),
      );
    }
    if (!this.#overflowed) return;
    this.#overflowed = false;
    await this.#describeAll();
  }

  async #describeAll(): Promise<void> {
    const { cache } = this.#options;
    let batch: StoredInstance[] = [];
    for (const { archive, study } of cache.studies()) {
      for (const one of cache.catalogue.undescribed(archive, study)) {
        const instance = cache.has(archive, study, one.series, one.instance);
        if (instance !== undefined) batch.push(instance);
        if (batch.length < batchLength) continue;
        await this.#describe(batch);
        batch = [];
      }
      // A cache of thousands of studies is gone through beside everything else.
      await new Promise(setImmediate);
      this.#closing.signal.throwIfAborted();
    }
    await this.#describe(batch);
  }

  async #describe(instances: readonly StoredInstance[]): Promise<void> {
    if (instances.length === 0) return;
    const { cache, metadata } = this.#options;
    const { signal } = this.#closing;
    const outlines = await metadata.outlines(instances, signal);
    signal.throwIfAborted();
    cache.describe(
      instances.flatMap(({ archive, study, series }, index) => {
        const outline = outlines[index] ?? null;
        return outline === null ? [] : [{ archive, study, series, outline }];
      }),
    );
  }

  #remember(key: string): void {
    const [oldest] = this.#known;
    if (this.#known.size >= mostKnown && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(key);
  }
}

function keyOf({ archive, study, series }: StoredInstance): string {
  return `${archive}/${study}/${series}`;
}
