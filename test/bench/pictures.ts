import sharp from 'sharp';
import { besideOrthanc, instancePath } from './cached-beside-orthanc.ts';
import { checkedGet } from './checked-get.ts';
import { downloadMany } from './download.ts';
import { compare, median } from './finding.ts';
import type { Finding } from './finding.ts';
import { openKeepAliveClient } from './keep-alive-client.ts';
import type { KeepAliveClient } from './keep-alive-client.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { takeTurns } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const accept = 'image/jpeg';
const minBytes = 500;
const picturesInARow = 20;
/** Pictures that each server has made before the first round: one that runs all day has compiled its code. */
const warmUps = 200;
/** What thumbnails are asked for as, where there are none: rendered to this many pixels. */
const thumbnailSize = 128;

interface PictureCase {
  readonly group: 'rendered' | 'thumbnail';
  readonly measure: string;
  readonly limit: number;
  readonly peerName: string;
  /** Below an instance's path. */
  readonly paths: { readonly ours: string; readonly orthanc: string };
  /** Every picture is of an instance that was not asked for before: nothing that was made is at hand. */
  readonly isNew: boolean;
}

/** Pictures of images that the gateway has, against Orthanc's DICOMweb plugin. */
export const pictures: readonly Measurement[] = [
  picture({
    group: 'rendered',
    measure: 'rendered, 512 × 512, as JPEG, each another instance',
    limit: 1,
    peerName: 'Orthanc DICOMweb',
    paths: { ours: '/rendered', orthanc: '/rendered' },
    isNew: true,
  }),
  picture({
    group: 'thumbnail',
    measure: 'thumbnail that was made before',
    limit: 5,
    // Its plugin has no thumbnails.
    peerName: `Orthanc DICOMweb, rendered to ${thumbnailSize} × ${thumbnailSize}`,
    paths: { ours: '/thumbnail', orthanc: `/rendered?viewport=${thumbnailSize},${thumbnailSize}` },
    isNew: false,
  }),
];

function picture(options: PictureCase): Measurement {
  return {
    group: options.group,
    title: `Pictures of a cached study: ${options.group}`,
    sets: ['large'],
    timeLimitInSecs: (rounds) => 60 + 15 * rounds,
    async run(context) {
      const set = await context.sets.get('large');
      return await besideOrthanc(set, context, async ({ ours, orthanc }) => {
        using client = openKeepAliveClient(context.signal);
        const urls = (root: string, path: string) => (index: number) =>
          `${root}${instancePath(set, index)}${path}`;
        const { paths } = options;
        return [
          await comparePictures(client, options, {
            ours: urls(ours, paths.ours),
            peer: urls(orthanc, paths.orthanc),
            set,
            context,
          }),
        ];
      });
    },
  };
}

interface Contest {
  readonly ours: (index: number) => string;
  readonly peer: (index: number) => string;
  readonly set: StudySet;
  readonly context: BenchContext;
}

async function comparePictures(
  client: KeepAliveClient,
  { measure, limit, peerName, isNew }: PictureCase,
  { ours, peer, set, context }: Contest,
): Promise<Finding> {
  const last = set.instances.length - 1;
  for (const url of [ours(last), peer(last)]) await checkPicture(client, url);
  const turn = (url: (index: number) => string) => {
    let next = 0;
    return async (count = picturesInARow): Promise<number> => {
      const urls = Array.from({ length: count }, (_, index) => url(isNew ? next + index : 0));
      next += count;
      const options = { urls, minBytes, accept, inFlight: 1, signal: context.signal };
      return median((await downloadMany(options)).requestMs);
    };
  };
  const contenders = { ours: turn(ours), peer: turn(peer) };
  for (const contender of Object.values(contenders)) await contender(warmUps);
  const times = await takeTurns(contenders, context.rounds, context);
  return compare({ measure, peerName, ratioOf: 'speed', limit, times });
}

/** @throws Error where the answer is not a JPEG picture that shows more than one color */
async function checkPicture(client: KeepAliveClient, url: string): Promise<void> {
  const { body, contentType } = await checkedGet(client, { url, accept, minBytes });
  const { format } = await sharp(body).metadata();
  const { channels } = await sharp(body).stats();
  if (contentType !== accept || format !== 'jpeg' || channels.every(({ stdev }) => stdev === 0)) {
    throw new Error(`${url} answered no picture: ${contentType}, ${body.length} bytes.`);
  }
}
