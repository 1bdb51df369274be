import type { Uid } from '../domain/uid.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { InstanceIndex } from './instance-index.ts';
import { studyPath } from './instance-path.ts';
import type { CachedStudy } from './stored-instance.ts';
import type { StudyHolds } from './study-holds.ts';
import type { Trash } from './trash.ts';

export interface CacheLimits {
  /** A study that was not used for this long leaves the cache. */
  readonly maxAgeInMin: number;
  /** Above this, the studies leave that were used longest ago; 0 is no limit. Pinned ones count, and stay. */
  readonly maxSizeInMb: number;
}

/** What left the cache. */
export interface Evicted {
  readonly studies: number;
  readonly bytes: number;
}

interface EvictionParts {
  readonly cacheDir: string;
  readonly index: InstanceIndex;
  readonly holds: StudyHolds;
  readonly trash: Trash;
  readonly limits: CacheLimits;
  readonly logger: CacheLogger;
  readonly onStudyLeft?: ((archive: string, study: Uid) => void) | undefined;
}

/** Studies that are looked at in one query. */
const pageLength = 64;

/** Takes whole studies out of the cache, unless they are pinned: those that are too old, then those used longest ago. */
export class Eviction {
  readonly #parts: EvictionParts;
  #limits: CacheLimits;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(parts: EvictionParts) {
    this.#parts = parts;
    this.#limits = parts.limits;
  }

  /** True where the cache holds more than its limit. */
  get isDue(): boolean {
    const { maxSizeInMb } = this.#limits;
    return maxSizeInMb > 0 && this.#parts.index.totals.bytes > maxSizeInMb * 1024 * 1024;
  }

  /** Counts from the next run on. */
  setLimits(limits: CacheLimits): void {
    this.#limits = limits;
  }

  /** @param now milliseconds since 1970. Runs after those that were asked for before. */
  run(now: number): Promise<Evicted> {
    const run = this.#running.then(() => this.#evict(now));
    this.#running = run.catch(() => undefined);
    return run;
  }

  /**
   * Takes one study out of the cache. It is gone at once for everybody; its files are removed from the
   * disk by the time that this resolves. A crash at any moment leaves either all of it, or nothing that
   * opening the cache does not clean up.
   */
  async removeStudy(archive: string, study: Uid): Promise<void> {
    const { cacheDir, index, trash, onStudyLeft } = this.#parts;
    const taken = trash.take(studyPath(cacheDir, archive, study));
    try {
      index.removeStudy(archive, study);
    } catch (thrown) {
      // On a full disk the index may have no room to note that, until the files have made some.
      if (taken === undefined) throw thrown;
      await trash.remove(taken);
      index.removeStudy(archive, study);
      onStudyLeft?.(archive, study);
      return;
    }
    onStudyLeft?.(archive, study);
    if (taken !== undefined) await trash.remove(taken);
  }

  /** Lets nothing new begin, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #evict(now: number): Promise<Evicted> {
    const oldest = now - this.#limits.maxAgeInMin * 60_000;
    const aged = await this.#evictWhile(oldest, () => true);
    const large = await this.#evictWhile(Number.MAX_SAFE_INTEGER, () => this.isDue);
    return { studies: aged.studies + large.studies, bytes: aged.bytes + large.bytes };
  }

  /** Goes through the studies last used at `until` or before, those used longest ago first. */
  async #evictWhile(until: number, isWanted: () => boolean): Promise<Evicted> {
    const evicted = { studies: 0, bytes: 0 };
    let kept = 0;
    while (this.#goesOn(isWanted)) {
      const page = this.#parts.index.studiesByUse({ until, skip: kept, limit: pageLength });
      if (page.length === 0) break;
      for (const study of page) {
        if (!this.#goesOn(isWanted)) break;
        if (await this.#evictStudy(study)) {
          evicted.studies += 1;
          evicted.bytes += study.bytes;
        } else {
          kept += 1;
        }
      }
    }
    return evicted;
  }

  #goesOn(isWanted: () => boolean): boolean {
    return !this.#stopped && isWanted();
  }

  /** False where the study stays: it is in use, was used or pinned since it was looked up, or cannot be moved. */
  async #evictStudy({ archive, study, bytes, lastUsedAt }: CachedStudy): Promise<boolean> {
    const { index, holds, logger } = this.#parts;
    if (holds.isHeld(archive, study)) return false;
    if (index.study(archive, study)?.lastUsedAt !== lastUsedAt) return false;
    if (index.catalogue.isPinned(archive, study)) return false;
    try {
      await this.removeStudy(archive, study);
      logger.debug({ archive, study, bytes, lastUsedAt }, 'A study left the cache.');
      return true;
    } catch (thrown) {
      logger.warn({ archive, study, err: thrown }, 'A study cannot be removed from the cache.');
      return false;
    }
  }
}
