import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { CacheLimits, Evicted } from './eviction.ts';
import { Eviction } from './eviction.ts';
import { IndexFlush } from './index-flush.ts';
import type { InstanceIndex } from './instance-index.ts';
import { instancePath } from './instance-path.ts';
import { openIndex } from './open-index.ts';
import { type PinFill, PinLimit } from './pin-limit.ts';
import type { CachedStudy, StoredInstance } from './stored-instance.ts';
import type { StudyCatalogue } from './study-catalogue.ts';
import { type StudyChangeListener, StudyChanges } from './study-changes.ts';
import { StudyHolds } from './study-holds.ts';
import type { DescribedSeries } from './study-summary.ts';
import { Trash } from './trash.ts';

export type { PinFill } from './pin-limit.ts';
export type { CachedStudy, StoredInstance } from './stored-instance.ts';

export interface CacheOptions extends CacheLimits {
  /** Made where it does not exist. One broker uses it at a time. */
  readonly directory: string;
  readonly logger: CacheLogger;
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
  /** Told of each study that has left the cache as a whole. */
  readonly onStudyLeft?: (archive: string, study: Uid) => void;
  /** Told when pinned studies fill the cache, and when no longer. */
  readonly onPinFill?: (fill: PinFill) => void;
}

export interface CacheStatistics {
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
  /** When the study was last used that was used longest ago, in milliseconds since 1970. */
  readonly oldestUse: number | undefined;
}

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
  readonly #flush: IndexFlush;
  readonly #holds = new StudyHolds();
  readonly #trash: Trash;
  readonly #eviction: Eviction;
  readonly #pinLimit: PinLimit;
  readonly #changes: StudyChanges;
  readonly #evictionTimer: NodeJS.Timeout;
  #evictsForSize = false;
  #closed = false;

  private constructor(options: CacheOptions, index: InstanceIndex) {
    this.directory = options.directory;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
    this.#index = index;
    this.#flush = new IndexFlush({
      index,
      logger: options.logger,
      onWritten: () => {
        if (this.#eviction.isDue) this.#evictInBackground();
      },
    });
    this.#trash = new Trash(options.directory);
    this.#eviction = new Eviction({
      cacheDir: options.directory,
      index,
      holds: this.#holds,
      trash: this.#trash,
      limits: options,
      logger: options.logger,
      onStudyLeft: (archive, study) => {
        options.onStudyLeft?.(archive, study);
        this.#changes.note(archive, study);
      },
    });
    this.#pinLimit = new PinLimit({ ...options, catalogue: index.catalogue, onChange: options.onPinFill });
    this.#changes = new StudyChanges((thrown) => {
      this.#logger.error({ err: thrown }, 'A listener of the cache failed.');
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
    const cache = new Cache(options, index);
    cache.#pinLimit.check();
    return cache;
  }

  /** What the studies are about, to be listed. What changes them goes through the cache. */
  get catalogue(): Omit<StudyCatalogue, 'describe' | 'pin' | 'unpin'> {
    return this.#index.catalogue;
  }

  /** Calls `listener` for each study that has changed, as StudyChanges says. The result takes it off again. */
  onStudyChange(listener: StudyChangeListener): () => void {
    return this.#changes.listen(listener);
  }

  /** Has listeners told of a study of which something else has changed. */
  noteChange(archive: string, study: Uid): void {
    this.#changes.note(archive, study);
  }

  /** Notes an instance whose file is in its place. Never throws; ignored after `close`. */
  add(instance: StoredInstance): void {
    if (this.#closed) return;
    this.#index.add(instance, this.#now());
    this.#changes.note(instance.archive, instance.study);
    this.#flush.noteChange();
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
    this.#changes.note(archive, resource.study);
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
    this.#flush.noteChange();
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
    if (current !== undefined) {
      const path = instancePath(this.directory, name);
      this.#trash.discard(path, (thrown) => {
        this.#logger.warn({ path, err: thrown }, 'A file cannot be removed from the cache.');
      });
    }
    this.#index.remove(archive, [{ ...name, level: 'instance' }]);
    this.#changes.note(archive, study);
  }

  /** Keeps what was found in instances of series, for lists. Ignored after `close`. */
  describe(described: readonly DescribedSeries[]): void {
    if (this.#closed) return;
    this.#index.catalogue.describe(described);
    for (const { archive, study } of described) this.#changes.note(archive, study);
  }

  /**
   * Keeps a study whatever its age and the limit, or no longer; it counts towards the limit.
   * @throws BrokerError `not-found` where nothing of it is there
   */
  pin(archive: string, study: Uid, isPinned: boolean): void {
    const { catalogue } = this.#index;
    if (!this.hasStudy(archive, study)) {
      throw new BrokerError('not-found', `The study ${study} of archive ${archive} is not in the cache.`);
    }
    if (isPinned) catalogue.pin(archive, study, this.#now());
    else catalogue.unpin(archive, study);
    this.#pinLimit.check();
    this.#changes.note(archive, study);
  }

  /** Which studies are being received or sent. */
  get holds(): Omit<StudyHolds, 'hold'> {
    return this.#holds;
  }

  /**
   * Takes a whole study out of the cache, pinned or not; resolves when its files are gone.
   * @param staysPinned whether it is pinned still when it comes again
   * @throws BrokerError `busy` while it is being received or sent
   */
  async remove(archive: string, study: Uid, { staysPinned = false } = {}): Promise<void> {
    if (this.#holds.isHeld(archive, study)) {
      const message = `The study ${study} is being received or sent, and cannot be removed from the cache now.`;
      const remedy = 'Remove it when that is over, or stop the viewers that read it.';
      throw new BrokerError('busy', message, { retryAfterInSecs: 30, remedy });
    }
    await this.#eviction.removeStudy(archive, study);
    if (this.#closed) return;
    if (!staysPinned) this.#index.catalogue.unpin(archive, study);
    this.#pinLimit.check();
  }

  /** Takes out what is too old, then what is too much; held and pinned studies stay. */
  async evict(now: number = this.#now()): Promise<Evicted> {
    const evicted = await this.#eviction.run(now);
    if (!this.#closed) this.#pinLimit.check();
    return evicted;
  }

  /** Takes out at once what is beyond the new limits. */
  setLimits(limits: CacheLimits): void {
    this.#eviction.setLimits(limits);
    this.#pinLimit.setLimit(limits.maxSizeInMb);
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
    this.#changes.close();
    const stopped = this.#eviction.stop();
    this.#flush.close();
    this.#index.close();
    await stopped;
    await this.#trash.idle();
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
}
