import type { InstanceResource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { StoredInstance } from './stored-instance.ts';

/** An instance that may stand for its study or series. */
export interface Candidate {
  readonly series: Uid;
  readonly instance: Uid;
  /** 0: an image; the higher, the less it says as a picture. */
  readonly rank: number;
}

/**
 * The instance that stands for a study or series in a picture: the middle one of the series that has the most
 * of the best rank, in the order in which they are given. Undefined where there are none.
 */
export function representativeOf(study: Uid, candidates: readonly Candidate[]): InstanceResource | undefined {
  const best = candidates.reduce((least, { rank }) => Math.min(least, rank), Infinity);
  const bySeries = new Map<Uid, Candidate[]>();
  for (const candidate of candidates) {
    if (candidate.rank !== best) continue;
    const others = bySeries.get(candidate.series);
    if (others === undefined) bySeries.set(candidate.series, [candidate]);
    else others.push(candidate);
  }
  let largest: readonly Candidate[] = [];
  for (const series of bySeries.values()) if (series.length > largest.length) largest = series;
  const middle = largest[(largest.length - 1) >> 1];
  if (middle === undefined) return undefined;
  return { level: 'instance', study, series: middle.series, instance: middle.instance };
}

/** The same, of instances that are in the cache. */
export function representativeOfCached(
  study: Uid,
  cached: readonly Pick<StoredInstance, 'series' | 'instance' | 'sopClassUid'>[],
): InstanceResource | undefined {
  const candidates = cached.map(({ series, instance, sopClassUid }) => ({
    series,
    instance,
    rank: rankOfClass(sopClassUid),
  }));
  return representativeOf(study, candidates);
}

/** Storage classes without an image of their own (PS3.6 table A-1), by how they begin behind the root. */
const lesserClasses: readonly (readonly [RegExp, number])[] = [
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(66\.[4-7]|481\.2)(\.|$)/, 1], // segmentations, dose: pictures of a kind
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(104|88)\./, 2], // documents, reports
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(9|11|66|67|68|78|79|80|200|481|501)(\.|$)/, 3],
  [/^1\.2\.840\.10008\.5\.1\.4\.(34|38|39|43|44|45)\./, 3],
];

/** How little an instance of a SOP class says as a picture; 0 for images. */
export function rankOfClass(sopClassUid: string): number {
  // Radiotherapy images are images among the classes of radiotherapy.
  if (sopClassUid === '1.2.840.10008.5.1.4.1.1.481.1') return 0;
  return lesserClasses.find(([pattern]) => pattern.test(sopClassUid))?.[1] ?? 0;
}
