import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dcmqrscp, startDcmqrscp } from '../support/dcmqrscp.ts';
import { type Peer, dcmtkEnvironment, findscu } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { runTool } from '../support/run-tool.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { compare } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { takeTurns, timed } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limit = 1.2;
const timeoutMs = 180_000;
const boundary = `bench-${randomUUID()}`;
const contentType = `Content-Type: multipart/related; type="application/dicom"; boundary=${boundary}`;

/** A study that is stored through the gateway by STOW-RS, against storescu that stores it itself. */
export const stow: readonly Measurement[] = [stowInto('dcmqrscp'), stowInto('Orthanc')];

function stowInto(kind: 'dcmqrscp' | 'Orthanc'): Measurement {
  return {
    group: 'stow',
    title: `STOW-RS into ${kind}`,
    sets: ['large'],
    timeLimitInSecs: (rounds) => 60 + 40 * rounds,
    async run(context) {
      const { signal, rounds } = context;
      const set = await context.sets.get('large');
      await using directory = await temporaryDirectory('bench-stow');
      const body = join(directory.path, 'body');
      await writeBody(body, set);
      const turn = (send: (archive: Peer, destination: Peer) => Promise<number>) => () =>
        withEmptyArchive(kind, async (archive, destination) => {
          const milliseconds = await send(archive, destination);
          await checkStored(archive, set);
          return milliseconds;
        });
      const contenders = {
        ours: turn((archive, destination) =>
          withGateway({ archive, destination, signal }, ({ stow: url }) =>
            timed(() => store(url, body, { set, signal })),
          ),
        ),
        peer: turn((archive) => timed(() => runStorescu(archive, set, signal))),
      };
      const times = await takeTurns(contenders, rounds, context);
      const measure = `STOW-RS into ${kind}, ${sizeText(set)}`;
      return [compare({ measure, peerName: 'storescu', ratioOf: 'time', limit, times })];
    },
  };
}

/** A new archive for each turn: what one has already may be stored again in no time. */
async function withEmptyArchive<Result>(
  kind: 'dcmqrscp' | 'Orthanc',
  work: (archive: Peer, destination: Peer) => Promise<Result>,
): Promise<Result> {
  const gateway: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: 'BROKER' };
  await using archive: Dcmqrscp | Orthanc =
    kind === 'dcmqrscp'
      ? await startDcmqrscp({ moveDestinations: [gateway] })
      : await startOrthanc({ modalities: { gateway } });
  return await work(archive, gateway);
}

async function writeBody(path: string, { files }: StudySet): Promise<void> {
  async function* parts(): AsyncGenerator<Buffer | string> {
    for (const file of files) {
      yield `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
      yield* createReadStream(file) as AsyncIterable<Buffer>;
      yield '\r\n';
    }
    yield `--${boundary}--\r\n`;
  }
  await pipeline(Readable.from(parts()), createWriteStream(path));
}

/**
 * STOW-RS by curl, which sends the file as it reads it.
 * @throws Error where it is not answered with 200 and every instance in it
 */
async function store(
  url: string,
  body: string,
  { set, signal }: { set: StudySet; signal: AbortSignal },
): Promise<void> {
  const accept = 'Accept: application/dicom+json';
  const options = ['-q', '--noproxy', '*', '-sS', '-H', accept, '-H', contentType, '-H', 'Expect:'];
  const upload = ['-X', 'POST', '-T', body, '-w', '\n%{http_code}', url];
  const { exitCode, stdout, output } = await runTool('curl', [...options, ...upload], { timeoutMs, signal });
  const [text = '', status] = stdout.split(/\n(?=\d+$)/);
  if (exitCode !== 0 || status !== '200') {
    throw new Error(`curl ended with exit code ${exitCode}, HTTP status ${status}: ${output.slice(0, 500)}`);
  }
  const answer = JSON.parse(text) as Record<string, { Value?: unknown[] }>;
  const stored = answer['00081199']?.Value?.length ?? 0;
  if (stored !== set.instances.length) throw new Error(`${stored} of ${set.instances.length} were stored.`);
}

async function runStorescu(archive: Peer, set: StudySet, signal: AbortSignal): Promise<void> {
  const { aeTitle, host, port } = archive;
  const args = ['-aet', 'STORESCU', '-aec', aeTitle, host, String(port), ...set.files];
  const { exitCode, output } = await runTool('storescu', args, {
    env: dcmtkEnvironment(),
    timeoutMs,
    signal,
  });
  if (exitCode !== 0) throw new Error(`storescu ended with exit code ${exitCode}.\n${output.slice(-1000)}`);
}

/** @throws Error where the archive does not list every instance */
async function checkStored(archive: Peer, set: StudySet): Promise<void> {
  const keys = { QueryRetrieveLevel: 'IMAGE', StudyInstanceUID: set.studyUid, SOPInstanceUID: '' };
  let listed = 0;
  for (const series of set.seriesUids) {
    listed += (await findscu(archive, { ...keys, SeriesInstanceUID: series })).length;
  }
  if (listed !== set.instances.length) {
    throw new Error(`The archive lists ${listed} of ${set.instances.length} instances.`);
  }
}
