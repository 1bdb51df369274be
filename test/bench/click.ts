import { startFilledDcmqrscp } from './archives.ts';
import { checkedGet } from './checked-get.ts';
import { download } from './download.ts';
import { compare } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import { openKeepAliveClient } from './keep-alive-client.ts';
import type { KeepAliveClient } from './keep-alive-client.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limit = 0.25;
const silenceMs = 60_000;
/** A browser opens so many to one host over HTTP/1.1; over HTTP/2, behind a proxy, there is no such limit. */
const browserConnections = 6;
const unlimitedConnections = 64;
const json = 'application/dicom+json';
const frame = 'multipart/related; type=application/octet-stream; transfer-syntax=*';

/** Milliseconds since the click. */
interface Click {
  readonly first: number;
  readonly last: number;
}

/**
 * A study of ten series that the gateway has not, opened as a viewer opens it, against the gateway's own
 * time for the whole study.
 */
export const click: Measurement = {
  group: 'click',
  title: 'Click on a cold study',
  sets: ['tenSeries'],
  timeLimitInSecs: (rounds) => 60 + 30 * rounds,
  async run(context) {
    const { signal, rounds } = context;
    const set = await context.sets.get('tenSeries');
    await using filled = await startFilledDcmqrscp([set]);
    const gateway = { archive: filled.archive, destination: filled.destinations.gateway, signal };
    const clicks: Click[] = [];
    const clickWith = (connections: number): Promise<Click> =>
      withGateway(gateway, async ({ dicomWeb }) => {
        await getWorkList(dicomWeb);
        using client = openKeepAliveClient(signal, { connections, silenceMs });
        return await openStudy(client, dicomWeb, set);
      });
    const contenders = {
      ours: async () => {
        const times = await clickWith(unlimitedConnections);
        clicks.push(times);
        return times.first;
      },
      browser: async () => (await clickWith(browserConnections)).first,
      peer: () =>
        withGateway(gateway, async ({ study, dicomWeb }) => {
          await getWorkList(dicomWeb);
          const url = study(set.studyUid);
          return (await download({ url, minBytes: set.dataSetBytes, signal })).requestMs;
        }),
    };
    const times = await takeTurns(contenders, rounds, context);
    const common = { peerName: 'whole study', ratioOf: 'time' } as const;
    const of = `of a cold study of ${set.seriesUids.length} series, ${sizeText(set)}`;
    const last = times.map(({ peer }, round) => ({ ours: clicks[round]?.last ?? NaN, peer }));
    const browser = times.map(({ browser: ours, peer }) => ({ ours, peer }));
    return [
      compare({ ...common, measure: `click to the first frame ${of}`, limit, times }),
      compare({ ...common, measure: `click to a frame of every series ${of}`, times: last }),
      compare({
        ...common,
        measure: `click to the first frame over ${browserConnections} connections ${of}`,
        times: browser,
      }),
    ];
  },
};

/** What was clicked on stands in a work list, which has been asked for before. */
async function getWorkList(root: string): Promise<void> {
  const answer = await fetch(`${root}/studies?limit=101&offset=0`, { headers: { Accept: json } });
  if (!answer.ok) throw new Error(`${root} answered the work list with ${answer.status}.`);
  await answer.arrayBuffer();
}

/** The series query, the metadata of all series at once, and a frame of each as soon as that is there. */
async function openStudy(client: KeepAliveClient, root: string, set: StudySet): Promise<Click> {
  const start = performance.now();
  const url = `${root}/studies/${set.studyUid}/series`;
  const query = await checkedGet(client, { url, accept: json, minBytes: 2 });
  const series = (JSON.parse(query.body.toString()) as DataSet[]).map((row) => first(row, '0020000E'));
  const times = await Promise.all(
    series.map(async (uid) => {
      await firstFrame(client, `${url}/${uid}`, set);
      return performance.now() - start;
    }),
  );
  if (times.length !== set.seriesUids.length) throw new Error(`${url} answered ${times.length} series.`);
  return { first: Math.min(...times), last: Math.max(...times) };
}

type DataSet = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>;

function first(dataSet: DataSet | undefined, tag: string): string {
  return String(dataSet?.[tag]?.Value?.[0]);
}

/** @throws Error where the metadata is not that of the whole series, or the frame not whole */
async function firstFrame(client: KeepAliveClient, url: string, set: StudySet): Promise<void> {
  const { body } = await checkedGet(client, { url: `${url}/metadata`, accept: json, minBytes: 2 });
  const dataSets = JSON.parse(body.toString()) as DataSet[];
  const expected = set.instances.filter(({ series }) => url.endsWith(`/${series}`));
  if (dataSets.length !== expected.length) {
    throw new Error(`${url} answered the metadata of ${dataSets.length} instances of ${expected.length}.`);
  }
  const instance = first(dataSets[0], '00080018');
  const frameUrl = `${url}/instances/${instance}/frames/1`;
  await checkedGet(client, { url: frameUrl, accept: frame, minBytes: set.pixelBytes });
}
