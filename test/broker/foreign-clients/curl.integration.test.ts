import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDcmqrscp } from '../../support/dcmqrscp.ts';
import type { Peer } from '../../support/dcmtk-tools.ts';
import { freePort } from '../../support/free-port.ts';
import { gatewayAeTitle, startGateway } from '../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../support/generated-study.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { readPart10 } from '../../support/part10.ts';
import { runTool } from '../../support/run-tool.ts';
import { sortedDigests } from '../../support/scripted-study.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { digestsOf } from '../../support/wado-client.ts';

// The command lines of the system that this one replaces, as its users have them in their scripts; the
// templates of RFC 6570 expanded.
const searchLine = String.raw`curl -H "Accept: application/json" http://localhost:4567/qido-rs/studies{?query*,fuzzymatching,limit,offset}`;
const retrieveLine = String.raw`curl -H "Accept: multipart/related; type=\"application/dicom\"" http://localhost:4567/wado-rs/studies/{StudyInstanceUID}`;

const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
const stack = new AsyncDisposableStack();
let study: GeneratedStudy;
let archives: Readonly<Record<string, Peer>>;

beforeAll(async () => {
  const { path: directory } = stack.use(await temporaryDirectory('curl'));
  const options = { directory, instances: 5, pixelBytes: 8_192, patientName: 'Old^Script' };
  study = await generateStudy(options);
  const other = await generateStudy({ ...options, instances: 1, patientName: 'Somebody^Else' });
  const files = [...study.files, ...other.files];
  const dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await dcmqrscp.store(files);
  const orthanc = stack.use(await startOrthanc({ tcpNoDelay: true, modalities: { gateway: scp } }));
  await orthanc.upload(files);
  archives = { dcmqrscp, Orthanc: orthanc };
});

afterAll(() => stack.disposeAsync());

/** Runs a line in a shell, port 4567 of localhost being that of the gateway. */
async function runLine(line: string, origin: string, more: readonly string[]): Promise<string> {
  const redirected = [
    '-q',
    '-sS',
    '--noproxy',
    "'*'",
    '--connect-to',
    `localhost:4567:${new URL(origin).host}`,
  ];
  const command = line.replace(/^curl/, ['curl', ...redirected, ...more].join(' '));
  const { exitCode, stdout, output } = await runTool('/bin/sh', ['-c', command]);
  expect([exitCode, output.slice(0, exitCode === 0 ? 0 : 500)]).toEqual([0, '']);
  return stdout;
}

describe.each(['dcmqrscp', 'Orthanc'])('scripts of old against a gateway in front of %s', (kind) => {
  it('search by curl', async () => {
    await using gateway = await startGateway({ archive: archives[kind]!, scpPort: scp.port });
    const query = "'?PatientName=Old*&fuzzymatching=false&limit=10&offset=0'";
    const line = searchLine.replace(/\{\?.*\}$/, query);
    const rows = JSON.parse(await runLine(line, gateway.origin, [])) as Record<
      string,
      { Value: unknown[] }
    >[];
    expect(rows.map((row) => row['0020000D']?.Value)).toEqual([[study.studyUid]]);
    const all = JSON.parse(
      await runLine(searchLine.replace(/\{\?.*\}$/, ''), gateway.origin, []),
    ) as unknown[];
    expect(all).toHaveLength(2);
  });

  it('retrieve by curl', async () => {
    await using gateway = await startGateway({ archive: archives[kind]!, scpPort: scp.port });
    await using directory = await temporaryDirectory('curl-retrieve');
    const body = `${directory.path}/body`;
    const line = retrieveLine.replace('{StudyInstanceUID}', study.studyUid);
    const contentType = await runLine(line, gateway.origin, ['-o', body, '-w', "'%{content_type}'"]);
    const answer = { headers: { 'content-type': contentType }, body: await readFile(body) };
    const files = study.files.map(async (file) => readPart10(await readFile(file)));
    expect(digestsOf(answer)).toEqual(sortedDigests(await Promise.all(files)));
  });
});
