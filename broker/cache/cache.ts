import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { CacheLimits, Evicted } from './eviction.ts';
import { Eviction } from './eviction.ts';
import type { InstanceIndex } from './instance-index.ts';
import { instancePath } from './instance-path.ts';
import { openIndex } from './open-index.ts';
import type { CachedStudy, StoredInstance } from './stored-instance.ts';
import { StudyHolds } from './study-holds.ts';
import { Trash } from './trash.ts';

export type { CachedStudy, StoredInstance } from './stored-instance.ts';

export interface CacheOptions extends CacheLimits {
  /** Made where it does not exist. One broker uses it at a time. */
  readonly directory: string;
  readonly logger: CacheLogger;
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
  /** Told of each study that has left the cache as a whole. */
  readonly onStudyLeft?: (archive: string, study: Uid) => void;
}

export interface CacheStatistics {
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
  /** When the study was last used that was used longest ago, in milliseconds since 1970. */
  readonly oldestUse: number | undefined;
}

/** How long changes gather, and how many at most: as much as fits into a few milliseconds. */
const flushAfterMs = 20;
const flushAt = 256;
const retryFlushAfterMs = 1000;
const evictEveryMs = 30_000;
const studyPage = 64;

/**
 * The instances that were received, as files and an index of them. The files are the truth: whatever is
 * missing in the index or contradicts them is set right when the cache is opened. Methods throw
 * BrokerError `disk-full` or `internal` where the index fails.
 */
export class Cache {
  readonly directory: string;
  readonly #logger: CacheLogger;
  readonly #now: () => number;
  readonly #index: InstanceIndex;
  readonly #holds = new StudyHolds();
  readonly #trash: Trash;
  readonly #eviction: Eviction;
  readonly #evictionTimer: NodeJS.Timeout;
  #flushTimer: NodeJS.Timeout | undefined;
  #evictsForSize = false;
  #closed = false;

  private constructor(options: CacheOptions, index: InstanceIndex) {
    this.directory = options.directory;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
    this.#index = index;
    this.#trash = new Trash(options.directory);
    this.#eviction = new Eviction({
      cacheDir: options.directory,
      index,
      holds: this.#holds,
      trash: this.#trash,
      limits: options,
      logger: options.logger,
      onStudyLeft: options.onStudyLeft,
    });
    this.#evictionTimer = setInterval(() => {
      this.#evictInBackground();
    }, evictEveryMs).unref();
  }

  /**
   * Opens the cache and makes its index agree with its files. What was being received or removed when
   * the last broker ended is thrown away.
   * @throws BrokerError `configuration` where the directory cannot be used, or another broker uses it
   */
  static async open(options: CacheOptions): Promise<Cache> {
    const index = await openIndex(options);
    return new Cache(options, index);
  }

  /** Notes an instance whose file is in its place. Never throws; ignored after `close`. */
  add(instance: StoredInstance): void {
    if (this.#closed) return;
    this.#index.add(instance, this.#now());
    this.#noteChange();
  }

  /** The instances of a resource that are there, in the order in which they arrived. */
  find(archive: string, resource: Resource): StoredInstance[] {
    return this.#index.find(archive, resource);
  }

  /** True where instances of the study are there. */
  hasStudy(archive: string, study: Uid): boolean {
    return this.#index.study(archive, study) !== undefined;
  }

  has(archive: string, study: Uid, series: Uid, instance: Uid): StoredInstance | undefined {
    return this.#index.get({ archive, study, series, instance });
  }

  /** Notes that all `count` instances of a study or series are there. An instance needs no such note. */
  markComplete(archive: string, resource: Resource, count: number): void {
    if (resource.level === 'instance') return;
    this.#index.markComplete({ archive, resource, count, at: this.#now() });
  }

  /**
   * True where nothing of the resource is missing: a study or series that was marked so, a series of
   * such a study of which there are instances, an instance that is there.
   */
  isComplete(archive: string, resource: Resource): boolean {
    if (resource.level !== 'instance' && !this.#index.isMarked(archive, resource)) return false;
    return this.#index.hasAny(archive, resource);
  }

  /** Notes that a study is used now. */
  touch(archive: string, study: Uid): void {
    if (this.#closed) return;
    this.#index.use(archive, study, this.#now());
    this.#noteChange();
  }

  /** Keeps a study in the cache until it is disposed of, which counts as a use. */
  hold(archive: string, study: Uid): Disposable {
    return this.#holds.hold(archive, study, () => {
      this.touch(archive, study);
    });
  }

  /**
   * Drops an instance whose file is damaged or gone, and that its series and study are complete, so
   * that it is fetched again. One that has arrived anew since `instance` was looked up stays.
   */
  discard(instance: StoredInstance, reason: string): void {
    const { archive, study, series } = instance;
    const name = { archive, study, series, instance: instance.instance };
    const current = this.#index.get(instance);
    if (current !== undefined && (instance.arrival ?? current.arrival) !== current.arrival) return;
    this.#logger.warn({ ...name, reason }, 'An instance was dropped from the cache.');
    if (current !== undefined) this.#removeFile(instancePath(this.directory, name));
    this.#index.remove(archive, [{ ...name, level: 'instance' }]);
  }

  /**
   * Takes a whole study out of the cache; resolves when its files are gone.
   * @throws BrokerError `busy` while it is being received or sent
   */
  async remove(archive: string, study: Uid): Promise<void> {
    if (this.#holds.isHeld(archive, study)) {
      const message = `The study ${study} is being received or sent, and cannot be removed from the cache now.`;
      throw new BrokerError('busy', message, { retryAfterInSecs: 30 });
    }
    await this.#eviction.removeStudy(archive, study);
  }

  /** Takes out what is too old, then what is too much; held studies stay. */
  evict(now: number = this.#now()): Promise<Evicted> {
    return this.#eviction.run(now);
  }

  /** Takes out at once what is beyond the new limits. */
  setLimits(limits: CacheLimits): void {
    this.#eviction.setLimits(limits);
    if (!this.#closed) this.#evictInBackground();
  }

  statistics(): CacheStatistics {
    const oldestUse = this.#index.oldestUse();
    return { ...this.#index.totals, oldestUse };
  }

  /** All studies, by archive and UID; the cache may change meanwhile. */
  *studies(): Generator<CachedStudy, void, undefined> {
    let last: { archive: string; study: string } = { archive: '', study: '' };
    for (;;) {
      const page = this.#index.studiesAfter(last, studyPage);
      const end = page.at(-1);
      if (end === undefined) return;
      yield* page;
      last = end;
    }
  }

  /** Writes what is not yet in the index, lets go of it at once, and waits for files that are being removed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#evictionTimer);
    clearTimeout(this.#flushTimer);
    const stopped = this.#eviction.stop();
    this.#flush();
    this.#index.close();
    await stopped;
    await this.#trash.idle();
  }

  #noteChange(): void {
    if (this.#index.pending % flushAt === 0) this.#flush();
    this.#flushSoon(flushAfterMs);
  }

  #flushSoon(afterMs: number): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      if (!this.#flush()) this.#flushSoon(retryFlushAfterMs);
      else if (this.#eviction.isDue) this.#evictInBackground();
    }, afterMs).unref();
  }

  /** False where it failed: what is not written is kept for the next time. */
  #flush(): boolean {
    try {
      this.#index.flush();
      return true;
    } catch (thrown) {
      this.#logger.error({ err: thrown }, 'The cache index cannot be written.');
      return false;
    }
  }

  #evictInBackground(): void {
    if (this.#evictsForSize) return;
    this.#evictsForSize = true;
    this.evict()
      .then(({ studies, bytes }) => {
        if (studies > 0) this.#logger.info({ studies, bytes }, 'Studies left the cache.');
      })
      .catch((thrown: unknown) => {
        this.#logger.error({ err: thrown }, 'Studies cannot be removed from the cache.');
      })
      .finally(() => {
        this.#evictsForSize = false;
      });
  }

  #removeFile(path: string): void {
    const report = (thrown: unknown): void => {
      this.#logger.warn({ path, err: thrown }, 'A file cannot be removed from the cache.');
    };
    try {
      const taken = this.#trash.take(path);
      if (taken !== undefined) this.#trash.remove(taken).catch(report);
    } catch (thrown) {
      report(thrown);
    }
  }
}
