import { readFile } from 'node:fs/promises';
import { besideOrthanc, instancePath } from './cached-beside-orthanc.ts';
import { checkedGet } from './checked-get.ts';
import { type ManyDownloads, downloadMany } from './download.ts';
import { compare, median } from './finding.ts';
import { openKeepAliveClient } from './keep-alive-client.ts';
import type { KeepAliveClient } from './keep-alive-client.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limit = 2;
/** What cornerstone asks for: as stored. */
const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
const framesInARow = 50;
const framesAtOnce = 200;
const inFlight = 16;
const roundsFactor = 3;
/** Times that each server sends all frames before the first round: one that runs all day has compiled its code. */
const warmUps = 10;

/** Frames that the gateway has, one after the other and many at a time, against Orthanc's DICOMweb plugin. */
export const frames: Measurement = {
  group: 'frames',
  title: 'Frames of a cached study',
  sets: ['large'],
  timeLimitInSecs: (rounds) => 90 + 20 * rounds,
  async run(context) {
    const set = await context.sets.get('large');
    return await besideOrthanc(set, context, async ({ ours, orthanc }) => {
      using client = openKeepAliveClient(context.signal);
      for (const root of [ours, orthanc]) await checkFrames(client, root, set);
      const rounds = context.rounds * roundsFactor;
      const fetcher =
        (root: string, count: number): Fetcher =>
        (inFlight) =>
          downloadMany({
            urls: Array.from({ length: count }, (_, index) => frameUrl(root, set, index)),
            minBytes: set.pixelBytes,
            accept,
            inFlight,
            signal: context.signal,
          });
      const few = { ours: fetcher(ours, framesInARow), peer: fetcher(orthanc, framesInARow) };
      const many = { ours: fetcher(ours, framesAtOnce), peer: fetcher(orthanc, framesAtOnce) };
      for (let time = 0; time < warmUps; time += 1) {
        await many.ours(inFlight);
        await many.peer(inFlight);
      }
      const inARow = (fetch: Fetcher) => async () => median((await fetch(1)).requestMs);
      const single = await takeTurns({ ours: inARow(few.ours), peer: inARow(few.peer) }, rounds, context);
      const atOnce = (fetch: Fetcher) => async () => (await fetch(inFlight)).processMs;
      const parallel = await takeTurns({ ours: atOnce(many.ours), peer: atOnce(many.peer) }, rounds, context);
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

/** Fetches the frames with so many requests under way, by one curl: a client in Node would cost as much as the gateway. */
type Fetcher = (inFlight: number) => Promise<ManyDownloads>;

function frameUrl(root: string, set: StudySet, index: number): string {
  return `${root}${instancePath(set, index)}/frames/1`;
}

/** @throws Error where the pixels of some instances are not in the answers as they are in the files */
async function checkFrames(client: KeepAliveClient, root: string, set: StudySet): Promise<void> {
  const { files, pixelBytes } = set;
  for (const index of [0, Math.floor(files.length / 2), files.length - 1]) {
    const { body } = await checkedGet(client, {
      url: frameUrl(root, set, index),
      accept,
      minBytes: pixelBytes,
    });
    const pixels = (await readFile(files[index] ?? '')).subarray(-pixelBytes);
    if (!body.includes(pixels))
      throw new Error(`${root} answered other pixels than those of ${files[index]}.`);
  }
}
