import { instanceThumbnail, defaultThumbnailViewport } from '../../cache/instance-thumbnail.ts';
import { UnreadableInstanceError } from '../../cache/metadata.ts';
import { representativeOfCached } from '../../cache/representative-choice.ts';
import type { InstanceName, StoredInstance } from '../../cache/stored-instance.ts';
import { BrokerError } from '../../domain/errors.ts';
import { sopClassName } from '../../domain/sop-class-name.ts';
import { transferSyntaxOf } from '../../domain/transfer-syntax.ts';
import type { Uid } from '../../domain/uid.ts';
import type { AttributeLines, CachedInstance } from '../contract/cached.ts';
import type { GatewayParts } from '../control-services.ts';

interface SeriesName {
  readonly archive: string;
  readonly study: Uid;
  readonly series: Uid;
}

/** The instances of a series by their numbers. @throws BrokerError `not-found` */
export async function cachedInstancesOf(
  { cache, metadata }: GatewayParts,
  { archive, study, series }: SeriesName,
  signal: AbortSignal,
): Promise<CachedInstance[]> {
  const stored = cache.find(archive, { level: 'series', study, series });
  if (stored.length === 0) throw notCached('series', series);
  const receivedAt = cache.catalogue.receivedAt(archive, study, series);
  const outlines = await metadata.outlines(stored, signal);
  const instances = stored.map((one, index) => ({
    instance: one.instance,
    sopClass: one.sopClassUid,
    sopClassName: sopClassName(one.sopClassUid),
    transferSyntax: one.transferSyntaxUid,
    transferSyntaxName: transferSyntaxOf(one.transferSyntaxUid)?.name ?? '',
    number: outlines[index]?.instanceNumber ?? '',
    bytes: one.size,
    receivedAt: new Date(receivedAt.get(one.instance) ?? 0).toISOString(),
  }));
  return instances.toSorted((one, other) => orderOf(one) - orderOf(other));
}

/** @throws BrokerError `not-found`, `cache-damaged`, `malformed-data-set` */
export async function cachedAttributes(
  parts: GatewayParts,
  { archive, study, series, instance }: InstanceName,
  signal: AbortSignal,
): Promise<AttributeLines> {
  const stored = parts.cache.has(archive, study, series, instance);
  if (stored === undefined) throw notCached('instance', instance);
  const { lines, isCut } = await unlessDamaged(parts, () => parts.metadata.attributes(stored, signal));
  return { lines: [...lines], isCut };
}

/**
 * A small picture of what stands for a study or series. Looking at it is no use of the study: a window that
 * is left open keeps nothing in the cache.
 * @throws BrokerError `not-found`, `cache-damaged`, those of imaging
 */
export async function cachedThumbnail(
  parts: GatewayParts,
  { archive, study, series }: { archive: string; study: Uid; series: Uid | undefined },
  signal: AbortSignal,
): Promise<File> {
  const instance = representativeStored(parts, { archive, study, series });
  const form = { mediaType: 'image/jpeg', frame: 'middle', viewport: defaultThumbnailViewport } as const;
  const { bytes, mediaType } = await unlessDamaged(parts, () =>
    instanceThumbnail({ ...parts, instance, signal }, form),
  );
  return new File([new Uint8Array(bytes)], 'thumbnail.jpg', { type: mediaType });
}

function representativeStored(
  { cache }: GatewayParts,
  { archive, study, series }: { archive: string; study: Uid; series: Uid | undefined },
): StoredInstance {
  const resource =
    series === undefined
      ? ({ level: 'study', study } as const)
      : ({ level: 'series', study, series } as const);
  const named = representativeOfCached(study, cache.find(archive, resource));
  const stored = named === undefined ? undefined : cache.has(archive, study, named.series, named.instance);
  if (stored === undefined) throw notCached(resource.level, series ?? study);
  return stored;
}

/** A file that turns out to be damaged is dropped, so that the archive sends the instance again when it is wanted. */
async function unlessDamaged<T>({ cache, retrieval }: GatewayParts, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableInstanceError && error.code === 'cache-damaged') {
      cache.discard(error.instance, error.message);
      retrieval.lost(error.instance);
    }
    throw error;
  }
}

function orderOf({ number }: CachedInstance): number {
  const order = number === '' ? NaN : Number(number);
  return Number.isFinite(order) ? order : Number.MAX_SAFE_INTEGER;
}

function notCached(level: string, uid: Uid): BrokerError {
  return new BrokerError('not-found', `The ${level} ${uid} is not in the cache.`);
}
