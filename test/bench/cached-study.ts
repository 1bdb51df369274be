import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startFilledDcmqrscp, startFilledOrthanc } from './archives.ts';
import { download } from './download.ts';
import { compare } from './finding.ts';
import type { Finding } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { sizeText } from './measurement.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { checkStudyAnswer } from './multipart-check.ts';
import { startNginx } from './nginx.ts';
import { takeTurns } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

/** A round takes a fraction of a second here, and a small disturbance weighs more: so there are more. */
const roundsFactor = 3;

interface Limits {
  readonly orthanc?: number;
  readonly nginx?: number;
}

/** A study that the gateway has, against Orthanc's DICOMweb plugin and against nginx with one file. */
export const cachedStudies: readonly Measurement[] = [
  cachedStudy('large', { orthanc: 2.5, nginx: 0.8 }),
  cachedStudy('small', {}),
];

function cachedStudy(name: 'large' | 'small', limits: Limits): Measurement {
  return {
    group: 'cached',
    title: `Cached study, ${name} set`,
    sets: [name],
    timeLimitInSecs: (rounds) => 60 + 10 * rounds,
    async run(context) {
      const set = await context.sets.get(name);
      await using filled = await startFilledDcmqrscp([set]);
      const { archive, destinations } = filled;
      const gateway = { archive, destination: destinations.gateway, signal: context.signal };
      return await withGateway(gateway, (gateway) => compareCached(gateway, { set, limits }, context));
    },
  };
}

async function compareCached(
  gateway: GatewayProcess,
  { set, limits }: { set: StudySet; limits: Limits },
  context: BenchContext,
): Promise<Finding[]> {
  const { signal } = context;
  const ours = gateway.study(set.studyUid);
  await using orthanc = await startFilledOrthanc(set, signal);
  const theirs = `${orthanc.archive.dicomWebUrl}/studies/${set.studyUid}`;
  // Once to fill the cache, once from it; the last answer is the file that nginx sends.
  for (const url of [ours, ours, theirs]) await checkStudyAnswer(url, set, signal);
  await using directory = await temporaryDirectory('bench-file');
  const { bytes } = await download({
    url: ours,
    minBytes: set.dataSetBytes,
    file: join(directory.path, 'study'),
    signal,
  });
  await using nginx = await startNginx(directory.path);
  const turn = (url: string, minBytes: number) => async (): Promise<number> =>
    (await download({ url, minBytes, signal })).requestMs;
  const contenders = {
    ours: turn(ours, set.dataSetBytes),
    orthanc: turn(theirs, set.dataSetBytes),
    nginx: turn(`${nginx.url}study`, bytes),
  };
  await contenders.nginx();
  const times = await takeTurns(contenders, context.rounds * roundsFactor, context);
  const measure = `cached study, ${sizeText(set)}`;
  const against = (peerName: string, peer: 'orthanc' | 'nginx'): Finding =>
    compare({
      measure,
      peerName,
      ratioOf: 'speed',
      limit: limits[peer],
      times: times.map((round) => ({ ours: round.ours, peer: round[peer] })),
    });
  return [against('Orthanc DICOMweb', 'orthanc'), against('nginx, one file', 'nginx')];
}
