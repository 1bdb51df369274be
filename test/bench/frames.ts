import { readFile } from 'node:fs/promises';
import { besideOrthanc, instancePath } from './cached-beside-orthanc.ts';
import { checkedGet } from './checked-get.ts';
import { compare, median } from './finding.ts';
import { openKeepAliveClient } from './keep-alive-client.ts';
import type { Answer, KeepAliveClient } from './keep-alive-client.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns, timed } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limit = 2;
/** What cornerstone asks for: as stored. */
const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
const framesInARow = 50;
const framesAtOnce = 200;
const inFlight = 16;
const roundsFactor = 3;

/** Frames that the gateway has, one after the other and many at a time, against Orthanc's DICOMweb plugin. */
export const frames: Measurement = {
  group: 'frames',
  title: 'Frames of a cached study',
  sets: ['large'],
  timeLimitInSecs: (rounds) => 90 + 20 * rounds,
  async run(context) {
    const set = await context.sets.get('large');
    return await besideOrthanc(set, context, async ({ ours, orthanc }) => {
      using one = openKeepAliveClient(context.signal);
      using many = openKeepAliveClient(context.signal, { connections: inFlight });
      for (const root of [ours, orthanc]) await checkFrames(one, root, set);
      const rounds = context.rounds * roundsFactor;
      const inARow = (root: string) => () => medianInARow(one, root, set);
      const atOnce = (root: string) => () => timed(() => getAtOnce(many, root, set));
      const single = await takeTurns({ ours: inARow(ours), peer: inARow(orthanc) }, rounds, context);
      const parallel = await takeTurns({ ours: atOnce(ours), peer: atOnce(orthanc) }, rounds, context);
      const common = { peerName: 'Orthanc DICOMweb', ratioOf: 'speed', limit } as const;
      const size = sizeText({ ...set, instances: set.instances.slice(0, 1) }).replace(/^1 × /, '');
      return [
        compare({ ...common, measure: `one cached frame of ${size}`, times: single }),
        compare({
          ...common,
          measure: `${framesAtOnce} cached frames of ${size}, ${inFlight} in flight`,
          times: parallel,
        }),
      ];
    });
  },
};

function getFrame(client: KeepAliveClient, root: string, place: Place): Promise<Answer> {
  const { set, index, discards = true } = place;
  const url = `${root}${instancePath(set, index)}/frames/1`;
  return checkedGet(client, { url, accept, minBytes: set.pixelBytes, discards });
}

interface Place {
  readonly set: StudySet;
  readonly index: number;
  readonly discards?: boolean;
}

async function medianInARow(client: KeepAliveClient, root: string, set: StudySet): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < framesInARow; index += 1) {
    times.push(await timed(() => getFrame(client, root, { set, index })));
  }
  return median(times);
}

/** The client opens no more connections than there are to be requests in flight. */
async function getAtOnce(client: KeepAliveClient, root: string, set: StudySet): Promise<void> {
  const places = Array.from({ length: framesAtOnce }, (_, index) => ({ set, index }));
  await Promise.all(places.map((place) => getFrame(client, root, place)));
}

/** @throws Error where the pixels of some instances are not in the answers as they are in the files */
async function checkFrames(client: KeepAliveClient, root: string, set: StudySet): Promise<void> {
  const { files, pixelBytes } = set;
  for (const index of [0, Math.floor(files.length / 2), files.length - 1]) {
    const { body } = await getFrame(client, root, { set, index, discards: false });
    const pixels = (await readFile(files[index] ?? '')).subarray(-pixelBytes);
    if (!body.includes(pixels))
      throw new Error(`${root} answered other pixels than those of ${files[index]}.`);
  }
}
