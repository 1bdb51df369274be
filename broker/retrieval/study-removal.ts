import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from '../cache/cache.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { retrieveInBackground } from './background-retrieval.ts';
import type { InstanceSource } from './instance-source.ts';
import type { Retrieval } from './retrieval.ts';

export interface StudyRemovalOptions {
  readonly cache: Cache;
  readonly retrieval: Retrieval;
  readonly logger: Logger;
  /** How long clients that read a study may take to finish. */
  readonly patienceMs?: number;
}

export interface RemovedStudies {
  readonly removed: number;
  /** Those that are being received or sent, and pinned ones where they are to stay. */
  readonly kept: number;
}

const defaultPatienceMs = 10_000;
/** After a cancellation: how often it is looked whether something still comes. */
const lookEveryMs = 250;
const mostLooks = 20;

/** Takes studies out of the cache for somebody who wants that now, whatever is being done with them. */
export class StudyRemoval {
  readonly #options: StudyRemovalOptions;

  constructor(options: StudyRemovalOptions) {
    this.#options = options;
  }

  /**
   * Removes a study: its retrievals are cancelled, and clients that read it may finish. A study that comes
   * again is not pinned any more.
   * @throws BrokerError `not-found` where it is not there, `busy` where clients read it for too long,
   *   `cancelled` on the signal
   */
  async remove(archive: string, study: Uid, signal: AbortSignal): Promise<void> {
    await this.#remove(archive, study, { staysPinned: false, signal });
  }

  /**
   * Removes a study and retrieves it again in the background. Nothing is removed unless the archive says
   * that it has it. It stays pinned where it was.
   * @throws as `remove`, and BrokerError of the archive where that cannot be asked
   */
  async fetchAgain(source: InstanceSource, study: Uid, signal: AbortSignal): Promise<void> {
    const { cache, retrieval, logger } = this.#options;
    const resource: Resource = { level: 'study', study };
    if (!cache.hasStudy(source.name, study)) throw notCached(source.name, study);
    await mustHave(source, resource, signal);
    await this.#remove(source.name, study, { staysPinned: true, signal });
    void retrieveInBackground({ retrieval, source, resource, logger });
  }

  /** Removes all studies that nobody receives or sends; pinned ones where `withPinned`. */
  async clear({ withPinned, signal }: { withPinned: boolean; signal: AbortSignal }): Promise<RemovedStudies> {
    const { cache, logger } = this.#options;
    let removed = 0;
    let kept = 0;
    for (const { archive, study } of cache.studies()) {
      signal.throwIfAborted();
      if (cache.holds.isHeld(archive, study) || (!withPinned && cache.catalogue.isPinned(archive, study))) {
        kept += 1;
        continue;
      }
      try {
        await cache.remove(archive, study);
        removed += 1;
      } catch (thrown) {
        logger.warn({ archive, study, err: thrown }, 'A study cannot be removed from the cache.');
        kept += 1;
      }
    }
    logger.info({ removed, kept }, 'The cache was cleared.');
    return { removed, kept };
  }

  async #remove(
    archive: string,
    study: Uid,
    { staysPinned, signal }: { staysPinned: boolean; signal: AbortSignal },
  ): Promise<void> {
    const { cache, retrieval, logger, patienceMs = defaultPatienceMs } = this.#options;
    if (!cache.hasStudy(archive, study)) throw notCached(archive, study);
    const cancelled = await retrieval.cancelStudy(
      archive,
      study,
      'the study is being removed from the cache',
    );
    if (cancelled > 0) await this.#untilQuiet(archive, study, signal);
    await cache.holds.whenFree(archive, study, { timeoutMs: patienceMs, signal });
    if (signal.aborted) throw new BrokerError('cancelled', 'The request was cancelled.');
    await cache.remove(archive, study, { staysPinned });
    logger.info({ archive, study }, 'A study was removed from the cache.');
  }

  /** What the archive was sending when it was told to stop would come back as a study of one instance. */
  async #untilQuiet(archive: string, study: Uid, signal: AbortSignal): Promise<void> {
    const bytesNow = (): number => this.#options.cache.catalogue.study(archive, study)?.bytes ?? 0;
    let before = bytesNow();
    for (let look = 0; look < mostLooks && !signal.aborted; look += 1) {
      await sleep(lookEveryMs);
      const bytes = bytesNow();
      if (bytes === before) return;
      before = bytes;
    }
  }
}

/** @throws BrokerError `not-found` where the archive has nothing of it, and those of the archive */
async function mustHave(source: InstanceSource, resource: Resource, signal: AbortSignal): Promise<void> {
  for await (const _ of source.list(resource, signal)) return;
  const message = `Archive ${source.name} has no study ${resource.study} any more: the cached one stays.`;
  throw new BrokerError('not-found', message);
}

function notCached(archive: string, study: Uid): BrokerError {
  return new BrokerError('not-found', `The study ${study} of archive ${archive} is not in the cache.`);
}
