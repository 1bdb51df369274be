import type { Roots } from './cached-beside-orthanc.ts';
import { besideOrthanc } from './cached-beside-orthanc.ts';
import { download } from './download.ts';
import { compare } from './finding.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limit = 10;
const accept = 'application/dicom+json';
/** A round takes a fraction of a second, and a small disturbance weighs more: so there are more. */
const roundsFactor = 3;
/** No instance is described in less. */
const minBytesOfInstance = 500;

/** The metadata of a study that the gateway has, against Orthanc's DICOMweb plugin. */
export const metadata: readonly Measurement[] = [metadataOf('large'), metadataOf('small')];

function metadataOf(name: 'large' | 'small'): Measurement {
  return {
    group: 'metadata',
    title: `Metadata of a cached study, ${name} set`,
    sets: [name],
    timeLimitInSecs: (rounds) => 60 + 10 * rounds,
    async run(context) {
      const { signal } = context;
      const set = await context.sets.get(name);
      return await besideOrthanc(set, context, async (roots) => {
        const urls = urlsOf(roots, set);
        for (const url of [urls.ours, urls.orthanc]) await checkMetadata(url, set, signal);
        const minBytes = set.instances.length * minBytesOfInstance;
        const turn = (url: string) => async (): Promise<number> =>
          (await download({ url, accept, minBytes, signal })).requestMs;
        const contenders = { ours: turn(urls.ours), peer: turn(urls.orthanc) };
        const times = await takeTurns(contenders, context.rounds * roundsFactor, context);
        const measure = `metadata of a cached study, ${sizeText(set)}`;
        return [compare({ measure, peerName: 'Orthanc DICOMweb', ratioOf: 'speed', limit, times })];
      });
    },
  };
}

function urlsOf(roots: Roots, { studyUid }: StudySet): Roots {
  const path = `/studies/${studyUid}/metadata`;
  return { ours: roots.ours + path, orthanc: roots.orthanc + path };
}

/** @throws Error where the answer is not one data set for each instance, with its attributes */
async function checkMetadata(url: string, set: StudySet, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { headers: { Accept: accept }, signal });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  const dataSets = JSON.parse(text) as Record<string, { Value?: unknown[] }>[];
  const described = new Set(
    dataSets
      .filter((dataSet) => typeof dataSet['00280010']?.Value?.[0] === 'number' && '7FE00010' in dataSet)
      .map((dataSet) => dataSet['00080018']?.Value?.[0]),
  );
  const missing = set.instances.filter(({ instance }) => !described.has(instance));
  if (missing.length > 0 || dataSets.length !== set.instances.length) {
    throw new Error(`${url} answered ${dataSets.length} data sets; ${missing.length} instances are missing.`);
  }
}
