import { askedAttributes } from '../../broker/dicomweb/qido/qido-attributes.ts';
import { dcmtkEnvironment } from '../support/dcmtk-tools.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { runTool } from '../support/run-tool.ts';
import { startFilledOrthanc } from './archives.ts';
import { compare, median } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import { openKeepAliveClient } from './keep-alive-client.ts';
import type { KeepAliveClient } from './keep-alive-client.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns, timed } from './rounds.ts';

const limit = 0.5;
const warmUps = 20;
const requestsPerRound = 200;
const processesPerRound = 25;

/** A study query by UID over HTTP on a connection that is open, against a findscu process that asks the same. */
export const studyQuery: Measurement = {
  group: 'qido',
  title: 'Study query (QIDO)',
  sets: ['large'],
  timeLimitInSecs: (rounds) => 60 + 20 * rounds,
  async run(context) {
    const { signal } = context;
    const set = await context.sets.get('large');
    const { studyUid } = set;
    await using filled = await startFilledOrthanc(set, signal);
    const { archive, destinations } = filled;
    const gateway = { archive, destination: destinations.gateway, signal };
    return await withGateway(gateway, async ({ studySearch }) => {
      using client = openKeepAliveClient(signal);
      const url = studySearch(studyUid);
      await repeat(warmUps, () => queryGateway(client, url, studyUid));
      const times = await takeTurns(
        {
          ours: () => medianTime(requestsPerRound, () => queryGateway(client, url, studyUid)),
          peer: () => medianTime(processesPerRound, () => queryByFindscu(archive, studyUid, signal)),
        },
        context.rounds,
        context,
      );
      const measure = 'study query by UID, Orthanc, warm association';
      return [compare({ measure, peerName: 'findscu', ratioOf: 'time', limit, times })];
    });
  },
};

async function queryGateway(client: KeepAliveClient, url: string, studyUid: string): Promise<void> {
  const answer = await client.get(url, { accept: 'application/dicom+json' });
  const { status } = answer;
  const body = answer.body.toString();
  const isOne = body.split('"0020000D"').length === 2 && body.includes(`"${studyUid}"`);
  if (status !== 200 || !isOne) {
    throw new Error(`The query was answered with ${status}: ${body.slice(0, 500)}`);
  }
}

/** The keys that the gateway asks the archive for, so that the archive does the same work. */
function keys(studyUid: string): string[] {
  const asked = askedAttributes({ level: 'study', hasStudy: false, hasSeries: false })
    .filter((tag) => tag !== '0020000D')
    .map((tag) => `${tag.slice(0, 4)},${tag.slice(4)}`);
  return ['QueryRetrieveLevel=STUDY', `StudyInstanceUID=${studyUid}`, ...asked];
}

async function queryByFindscu(archive: Peer, studyUid: string, signal: AbortSignal): Promise<void> {
  const args = [
    ...['-v', '-S', '-aet', 'BROKER', '-aec', archive.aeTitle],
    ...keys(studyUid).flatMap((key) => ['-k', key]),
    ...[archive.host, String(archive.port)],
  ];
  const { exitCode, output } = await runTool('findscu', args, { env: dcmtkEnvironment(), signal });
  const isAnswered = output.includes('Find Response: 1 (Pending)') && output.includes(studyUid);
  if (exitCode !== 0 || !isAnswered || !output.includes('Final Find Response (Success)')) {
    throw new Error(`findscu failed with exit code ${exitCode}.\n${output.slice(-2000)}`);
  }
}

async function medianTime(count: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  await repeat(count, async () => {
    times.push(await timed(work));
  });
  return median(times);
}

async function repeat(count: number, work: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done += 1) await work();
}
