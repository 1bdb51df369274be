import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDcmqrscp } from '../../support/dcmqrscp.ts';
import { type Peer, findscu } from '../../support/dcmtk-tools.ts';
import { freePort } from '../../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../support/generated-study.ts';
import { type Orthanc, startOrthanc } from '../../support/orthanc.ts';
import { readPart10 } from '../../support/part10.ts';
import { sortedDigests } from '../../support/scripted-study.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// Orthanc's DICOMweb plugin as a client: an Orthanc of its own, which knows the gateway as a server.

const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
const stack = new AsyncDisposableStack();
let held: GeneratedStudy;
let sent: GeneratedStudy;
let archives: Readonly<Record<string, Peer>>;

beforeAll(async () => {
  const { path } = stack.use(await temporaryDirectory('orthanc-client'));
  held = await generateStudy({ directory: `${path}/a`, instances: 6, pixelBytes: 8_192, series: 2 });
  sent = await generateStudy({ directory: `${path}/b`, instances: 12, pixelBytes: 524_288, series: 2 });
  const dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await dcmqrscp.store(held.files);
  const orthanc = stack.use(await startOrthanc({ tcpNoDelay: true, modalities: { gateway: scp } }));
  await orthanc.upload(held.files);
  archives = { dcmqrscp, Orthanc: orthanc };
});

afterAll(() => stack.disposeAsync());

describe.each(['dcmqrscp', 'Orthanc'])("Orthanc's plugin against a gateway in front of %s", (kind) => {
  const started = new AsyncDisposableStack();
  let gateway: Gateway;
  let client: Orthanc;

  beforeAll(async () => {
    gateway = started.use(await startGateway({ archive: archives[kind]!, scpPort: scp.port }));
    const server = { Url: `${gateway.origin}/dicom-web/`, HasDelete: '0', ChunkedTransfers: '1' };
    const dicomWeb = { Enable: true, Root: '/dicom-web/', Servers: { gateway: server } };
    client = started.use(
      await startOrthanc({ aeTitle: 'CLIENT', dicomWeb: true, overrides: { DicomWeb: dicomWeb } }),
    );
  });

  afterAll(() => started.disposeAsync());

  async function post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${client.restUrl}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(25_000),
    });
    const text = await response.text();
    expect([path, response.status, response.ok ? '' : text]).toEqual([path, 200, '']);
    return JSON.parse(text) as unknown;
  }

  async function instancesAt(restUrl: string): Promise<string[]> {
    return (await (await fetch(`${restUrl}/instances`)).json()) as string[];
  }

  it('searches', async () => {
    const series = await post('/dicom-web/servers/gateway/qido', {
      Uri: `/studies/${held.studyUid}/series`,
    });
    const rows = series as Record<string, { Value?: unknown; vr: string }>[];
    expect(JSON.stringify(rows)).toContain(held.seriesUids[0]);
    expect(JSON.stringify(rows)).toContain(held.seriesUids[1]);
    expect(rows).toHaveLength(2);
  });

  it('retrieves a study into its own store', async () => {
    await post('/dicom-web/servers/gateway/retrieve', {
      Resources: [{ Study: held.studyUid }],
      Synchronous: true,
    });
    const ids = await instancesAt(client.restUrl);
    expect(ids).toHaveLength(held.files.length);
    const files = await Promise.all(
      ids.map(async (id) =>
        readPart10(Buffer.from(await (await fetch(`${client.restUrl}/instances/${id}/file`)).arrayBuffer())),
      ),
    );
    const expected = held.files.map(async (file) => readPart10(await readFile(file)));
    expect(sortedDigests(files)).toEqual(sortedDigests(await Promise.all(expected)));
  });

  it('stores a study, which the archive then has', async () => {
    await client.clear();
    await client.upload(sent.files);
    const studies = (await (await fetch(`${client.restUrl}/studies`)).json()) as string[];
    await post('/dicom-web/servers/gateway/stow', { Resources: studies, Synchronous: true });
    const keys = { QueryRetrieveLevel: 'IMAGE', StudyInstanceUID: sent.studyUid };
    const series = sent.seriesUids.map((uid) =>
      findscu(archives[kind]!, { ...keys, SeriesInstanceUID: uid, SOPInstanceUID: '' }),
    );
    expect((await Promise.all(series)).flat()).toHaveLength(sent.files.length);
  });
});
