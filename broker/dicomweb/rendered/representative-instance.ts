import type { Archive } from '../../archive/archive.ts';
import type { Cache } from '../../cache/cache.ts';
import {
  type Candidate,
  rankOfClass,
  representativeOf,
  representativeOfCached,
} from '../../cache/representative-choice.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { InstanceResource, Resource } from '../../domain/resource.ts';
import { readUid, type Uid } from '../../domain/uid.ts';

export interface RepresentativeOptions {
  readonly archive: Pick<Archive, 'name' | 'find'>;
  readonly cache: Pick<Cache, 'find'>;
  readonly resource: Resource;
  readonly signal: AbortSignal;
}

/** Series and instances that are looked at. */
const mostAnswers = 20_000;

/**
 * The instance that stands for a study or series in a picture: the one in the middle of its largest series
 * of images. Of those in the cache where there are some, else of those that the archive names.
 * @throws BrokerError `not-found` where the archive has none, those of the archive
 */
export async function representativeInstance(options: RepresentativeOptions): Promise<InstanceResource> {
  const { archive, cache, resource } = options;
  if (resource.level === 'instance') return resource;
  const cached = cache.find(archive.name, resource);
  return representativeOfCached(resource.study, cached) ?? fromArchive(options);
}

async function fromArchive({ archive, resource, signal }: RepresentativeOptions): Promise<InstanceResource> {
  const { study } = resource;
  const series = resource.level === 'series' ? resource.series : await bestSeries(archive, study, signal);
  const found: (Candidate & { readonly number: number })[] = [];
  if (series !== undefined) {
    const returnKeys = ['00080016', '00080018', '00200013'];
    const query = { level: 'instance', keys: {}, returnKeys, study, series, fuzzy: false } as const;
    for await (const answer of archive.find(query, signal)) {
      const instance = uidIn(answer, '00080018');
      if (instance === undefined) continue;
      const sopClass = uidIn(answer, '00080016');
      const number = numberIn(answer, '00200013') ?? Infinity;
      found.push({ series, instance, rank: sopClass === undefined ? 0 : rankOfClass(sopClass), number });
      if (found.length >= mostAnswers) break;
    }
  }
  const inOrder = found.toSorted((one, other) =>
    one.number < other.number ? -1 : one.number > other.number ? 1 : 0,
  );
  const middle = representativeOf(study, inOrder);
  if (middle !== undefined) return middle;
  throw new BrokerError(
    'not-found',
    `Archive ${archive.name} has no instances of ${resource.level} ${series ?? study}.`,
  );
}

/** The series of images that has the most of them, as far as the archive tells. */
async function bestSeries(
  archive: RepresentativeOptions['archive'],
  study: Uid,
  signal: AbortSignal,
): Promise<Uid | undefined> {
  let best: { series: Uid; rank: number; count: number } | undefined;
  let answers = 0;
  const returnKeys = ['00080060', '0020000E', '00201209'];
  const query = { level: 'series', keys: {}, returnKeys, study, fuzzy: false } as const;
  for await (const answer of archive.find(query, signal)) {
    const series = uidIn(answer, '0020000E');
    if (series === undefined) continue;
    const rank = rankOfModality(answer['00080060']?.Value?.[0]);
    const count = numberIn(answer, '00201209') ?? 0;
    const isBetter = best === undefined || rank < best.rank || (rank === best.rank && count > best.count);
    if (isBetter) best = { series, rank, count };
    answers += 1;
    if (answers >= mostAnswers) break;
  }
  return best?.series;
}

const lesserModalities: Readonly<Record<string, number>> = {
  ...{ SEG: 1, RTDOSE: 1, DOC: 2, SR: 2, M3D: 2, KO: 3, PR: 3, RTSTRUCT: 3, RTPLAN: 3, RTRECORD: 3, REG: 3 },
  ...{ ECG: 3, HD: 3, EPS: 3, AU: 3, RESP: 3, PLAN: 3, FID: 3, RWV: 3, STAIN: 3, ASMT: 3, TEXTUREMAP: 3 },
};

function rankOfModality(modality: unknown): number {
  return typeof modality === 'string' ? (lesserModalities[modality] ?? 0) : 0;
}

function uidIn(answer: DicomJson, tag: string): Uid | undefined {
  const value = answer[tag]?.Value?.[0];
  return typeof value === 'string' ? readUid(value) : undefined;
}

function numberIn(answer: DicomJson, tag: string): number | undefined {
  const value = Number(answer[tag]?.Value?.[0] ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}
