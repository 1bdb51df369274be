import { Cache, type PinFill } from '../cache/cache.ts';
import type { CacheLimits } from '../cache/eviction.ts';
import { InstanceReader } from '../cache/instance-reader.ts';
import { Metadata } from '../cache/metadata.ts';
import { pinFillReport } from '../cache/pin-limit.ts';
import { Spool } from '../cache/spool.ts';
import { StudySummaries } from '../cache/study-summaries.ts';
import { ThumbnailStore } from '../cache/thumbnail-store.ts';
import type { Config } from '../config/config.ts';
import { toBrokerError } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import type { PartContext } from './part-context.ts';

/** The cache, and what stands on its directory. */
export interface Storage {
  readonly cache: Cache;
  readonly metadata: Metadata;
  readonly summaries: StudySummaries;
  readonly thumbnails: ThumbnailStore;
  readonly reader: InstanceReader;
  readonly spool: Spool;
  /** Lets go of the directory. */
  close(): Promise<void>;
}

const cacheMetricsMs = 5_000;

/** The limits that the settings give the cache. */
export function cacheLimits({ cacheMaxAgeInMin, cacheMaxSizeInMb }: Config['scp']): CacheLimits {
  return { maxAgeInMin: cacheMaxAgeInMin, maxSizeInMb: cacheMaxSizeInMb };
}

/** @throws BrokerError `configuration` where the directory cannot be used; nothing is left open then */
export async function openStorage(settings: Config['scp'], context: PartContext): Promise<Storage> {
  const { logger, metrics, health } = context;
  await using stack = new AsyncDisposableStack();
  let fill: PinFill | undefined;
  const cache = await Cache.open({
    directory: settings.cacheDirPath,
    ...cacheLimits(settings),
    logger,
    onStudyLeft: (archive, study) => {
      metadata.removeStudy(archive, study);
      thumbnails.removeStudy(archive, study);
      summaries.forget(archive, study);
    },
    onPinFill: (changed) => {
      fill = changed;
      health.report('cache', pinFillReport(changed));
    },
  });
  stack.defer(() => cache.close());
  const timer = setInterval(() => {
    metrics.setCacheSize(cache.statistics());
  }, cacheMetricsMs);
  timer.unref();
  stack.defer(() => {
    clearInterval(timer);
  });
  const { directory } = cache;
  const metadata: Metadata = new Metadata({ directory, logger });
  stack.defer(() => metadata.close());
  // What has been begun at the start is not left half done by a stop that comes soon.
  const cleaned = forgetOthers(metadata, cache, context);
  stack.defer(() => cleaned);
  const thumbnails: ThumbnailStore = new ThumbnailStore({ directory, logger });
  stack.defer(() => {
    thumbnails.close();
  });
  thumbnails.removeOthers((archive, study) => cache.hasStudy(archive, study as Uid));
  const summaries: StudySummaries = new StudySummaries({ cache, metadata, logger });
  stack.defer(() => summaries.close());
  summaries.rebuild();
  const reader = new InstanceReader({ logger });
  stack.defer(() => reader.close());
  const spool = new Spool({ directory });
  if (fill?.isFull !== true) health.report('cache', { state: 'working' });
  const owned = stack.move();
  return { cache, metadata, summaries, thumbnails, reader, spool, close: () => owned.disposeAsync() };
}

async function forgetOthers(metadata: Metadata, cache: Cache, { logger }: PartContext): Promise<void> {
  try {
    await metadata.removeOthers((archive, study) => cache.hasStudy(archive, study as Uid));
  } catch (error) {
    if (toBrokerError(error).code === 'cancelled') return;
    logger.error({ err: error }, 'Metadata of studies that left the cache cannot be removed.');
  }
}
