import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../support/generated-study.ts';
import { ask } from '../support/http-app.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { asStored, digestsOf, retrieve } from '../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
const page = 'http://localhost:3000';
const stranger = 'https://stranger.example';
let study: GeneratedStudy;
let gateway: Gateway;
let root: string;

beforeAll(async () => {
  const { path: directory } = stack.use(await temporaryDirectory('service'));
  study = await generateStudy({ directory, instances: 40, pixelBytes: 65_536, series: 2 });
  const archive = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await archive.store(study.files);
  gateway = stack.use(
    await startGateway({
      archive,
      scpPort: scp.port,
      settings: { HTTP_PUBLIC_URL: 'https://pacs.example.org/dicom' },
    }),
  );
  root = `${gateway.origin}/dicom-web`;
});

afterAll(() => stack.disposeAsync());

it('images leave as they are for clients that accept compression, byte for byte', async () => {
  const url = `${root}/studies/${study.studyUid}`;
  const plain = await retrieve(url, { accept: asStored });
  const answer = await retrieve(url, { accept: asStored, headers: { 'Accept-Encoding': 'gzip, br' } });
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(digestsOf(answer)).toEqual(digestsOf(plain));
  expect(digestsOf(answer)).toHaveLength(40);
});

it.each(['metadata', 'series', 'instances'])('%s is compressed, and is the same text', async (what) => {
  const url = `${root}/studies/${study.studyUid}/${what}`;
  const headers = { Accept: 'application/dicom+json' };
  const plain = await ask(url, { headers });
  const compressed = await ask(url, { headers: { ...headers, 'Accept-Encoding': 'gzip' } });
  expect(plain.body.length).toBeGreaterThan(1_000);
  expect(compressed.headers['content-encoding']).toBe('gzip');
  expect(compressed.headers.vary?.split(', ').sort()).toEqual(['Accept', 'Accept-Encoding', 'Origin']);
  expect(JSON.parse(gunzipSync(compressed.body).toString())).toEqual(JSON.parse(plain.body.toString()));
});

it('a compressed answer is asked for again by its weak entity tag: 304', async () => {
  const url = `${root}/studies/${study.studyUid}/metadata`;
  const headers = { 'Accept-Encoding': 'gzip' };
  const { etag = '' } = (await ask(url, { headers })).headers;
  expect(etag).toMatch(/^W\/"/);
  const again = await ask(url, { headers: { ...headers, 'If-None-Match': etag } });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

it.each(['metadata', 'series', 'thumbnail', 'rendered', ''])(
  'a page of this machine may read studies/{study}/%s, a stranger may not',
  async (what) => {
    const url = `${root}/studies/${study.studyUid}${what === '' ? '' : `/${what}`}`;
    const allowed = await ask(url, { headers: { Origin: page } });
    expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([200, page]);
    expect(allowed.headers.vary).toContain('Origin');
    const refused = await ask(url, { headers: { Origin: stranger } });
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    expect(refused.headers.vary).toContain('Origin');
  },
);

it('errors can be read by the page too; health and metrics by no page', async () => {
  const missing = await ask(`${root}/studies/1.2.3/metadata`, { headers: { Origin: page } });
  expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, page]);
  for (const path of ['/health', '/metrics']) {
    const { headers } = await ask(`${gateway.origin}${path}`, { headers: { Origin: page } });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

it('a stranger may not store, not even blindly', async () => {
  const headers = {
    Origin: stranger,
    'Content-Type': 'multipart/related; type="application/dicom"; boundary=b',
  };
  const answer = await ask(`${root}/studies`, { method: 'POST', headers });
  expect(answer.status).toBe(403);
});

it('URLs of answers begin with the public URL, and its name is taken as Host header', async () => {
  const { body } = await ask(`${root}/studies?limit=1`, { headers: { Host: 'pacs.example.org' } });
  const [first] = JSON.parse(body.toString()) as { '00081190': { Value: string[] } }[];
  expect(first?.['00081190'].Value).toEqual([
    `https://pacs.example.org/dicom/dicom-web/studies/${study.studyUid}`,
  ]);
});
