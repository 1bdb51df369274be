import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HealthSummary } from '../../broker/observe/health.ts';
import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../support/generated-study.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { readPart10 } from '../support/part10.ts';
import { sortedDigests } from '../support/scripted-study.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { digestsOf, retrieve } from '../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
/** Half of the study's instances are in one archive, half in the other: what each has can be told. */
let study: GeneratedStudy;
let gateway: Gateway;
let inDefault: string[];
let inResearch: string[];

beforeAll(async () => {
  const { path: directory } = stack.use(await temporaryDirectory('several-archives'));
  study = await generateStudy({ directory, instances: 8, pixelBytes: 8_192, series: 2 });
  const [first, second] = [study.files.slice(0, 4), study.files.slice(4)];
  [inDefault, inResearch] = [await digests(first), await digests(second)];
  const dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await dcmqrscp.store(first);
  const orthanc = stack.use(await startOrthanc({ tcpNoDelay: true, modalities: { gateway: scp } }));
  await orthanc.upload(second);
  gateway = stack.use(
    await startGateway({
      archive: dcmqrscp,
      scpPort: scp.port,
      settings: {
        ARCHIVES_RESEARCH_QIDO_REMOTE_AE: orthanc.aeTitle,
        ARCHIVES_RESEARCH_QIDO_REMOTE_HOST: orthanc.host,
        ARCHIVES_RESEARCH_QIDO_REMOTE_PORT: String(orthanc.port),
      },
    }),
  );
});

afterAll(() => stack.disposeAsync());

async function digests(files: readonly string[]): Promise<string[]> {
  return sortedDigests(await Promise.all(files.map(async (file) => readPart10(await readFile(file)))));
}

interface Row {
  readonly [tag: string]: { readonly Value?: readonly unknown[] } | undefined;
}

async function search(path: string): Promise<readonly Row[]> {
  const response = await fetch(`${gateway.origin}${path}`, { headers: { Accept: 'application/json' } });
  expect(response.status).toBe(200);
  return (await response.json()) as readonly Row[];
}

it('the same study, asked of two archives at once, is that of each, cold and from the cache', async () => {
  const urls = [
    `${gateway.origin}/wado-rs/studies/${study.studyUid}`,
    `${gateway.origin}/archives/research/wado-rs/studies/${study.studyUid}`,
    `${gateway.origin}/dicom-web/studies/${study.studyUid}`,
    `${gateway.origin}/archives/default/wado-rs/studies/${study.studyUid}`,
    `${gateway.origin}/archives/research/dicom-web/studies/${study.studyUid}`,
  ];
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(urls.map((url) => retrieve(url)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const [expectedDefault, expectedResearch] = [inDefault, inResearch];
    expect(answers.map(digestsOf)).toEqual([
      expectedDefault,
      expectedResearch,
      expectedDefault,
      expectedDefault,
      expectedResearch,
    ]);
  }
});

it.each([
  ['/qido-rs', '/wado-rs'],
  ['/dicom-web', '/dicom-web'],
  ['/archives/default/qido-rs', '/archives/default/wado-rs'],
  ['/archives/research/qido-rs', '/archives/research/wado-rs'],
  ['/archives/research/dicom-web', '/archives/research/dicom-web'],
])('a search at %s gives URLs under %s, at which the result can be had', async (qido, wado) => {
  const [series] = await search(`${qido}/studies/${study.studyUid}/series`);
  const uid = String(series?.['0020000E']?.Value?.[0]);
  const url = String(series?.['00081190']?.Value?.[0]);
  expect(url).toBe(`${gateway.origin}${wado}/studies/${study.studyUid}/series/${uid}`);
  expect((await retrieve(url)).status).toBe(200);
});

it('a Warning names the service through which the client came', async () => {
  const response = await fetch(
    `${gateway.origin}/archives/research/dicom-web/studies?emptyvaluematching=true`,
  );
  expect(response.headers.get('warning')).toContain(`299 ${gateway.origin}/archives/research/dicom-web: `);
});

it('what is none of the archives is not found, and no name of one is told', async () => {
  for (const path of ['/archives/other/qido-rs/studies', '/archives', '/archives/RESEARCH/qido-rs/studies']) {
    const response = await fetch(`${gateway.origin}${path}`);
    expect([path, response.status]).toEqual([path, 404]);
    expect((await response.text()).replace(path, '')).not.toMatch(/research/i);
  }
});

it('health tells of each archive', async () => {
  let parts: unknown[] = [];
  for (let tries = 0; tries < 100 && parts.length < 2; tries += 1) {
    const { components } = (await (await fetch(`${gateway.origin}/health`)).json()) as HealthSummary;
    parts = components.filter(({ component }) => component.startsWith('archive '));
    if (parts.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(parts).toMatchObject([
    { component: 'archive default', state: 'working' },
    { component: 'archive research', state: 'working' },
  ]);
});
