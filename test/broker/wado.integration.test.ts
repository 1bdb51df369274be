import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../support/generated-study.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { type Part10, readPart10 } from '../support/part10.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { sortedDigests } from '../support/scripted-study.ts';
import { digestsOf, partsOf, retrieve } from '../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
let dcmqrscp: Peer & { output(): string };
let orthanc: Peer;
let study: GeneratedStudy;
let all: string[];

beforeAll(async () => {
  const directory = stack.use(await temporaryDirectory('wado-study'));
  study = await generateStudy({ directory: directory.path, instances: 12, pixelBytes: 32_768, series: 3 });
  all = sortedDigests(await Promise.all(study.files.map(part10Of)));
  const archive = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await archive.store(study.files);
  dcmqrscp = archive;
  const other = stack.use(await startOrthanc({ modalities: { gateway: scp } }));
  await other.upload(study.files);
  orthanc = other;
});

afterAll(() => stack.disposeAsync());

async function part10Of(file: string): Promise<Part10> {
  return readPart10(await readFile(file));
}

function start(
  archive: Peer,
  settings: Record<string, string> = {},
  cacheDirectory?: string,
): Promise<Gateway> {
  return startGateway({
    archive,
    scpPort: scp.port,
    settings,
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
  });
}

function urls({ wado }: Gateway): { study: string; series: string; instance: string } {
  const [first] = study.instances;
  const root = `${wado}/studies/${study.studyUid}`;
  const series = `${root}/series/${first?.series}`;
  return { study: root, series, instance: `${series}/instances/${first?.instance}` };
}

async function cachedFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.each(['dcmqrscp', 'Orthanc'])('in front of %s', (name) => {
  const archive = (): Peer => (name === 'Orthanc' ? orthanc : dcmqrscp);

  it('gives study, series and instance, byte for byte, cold and from the cache', async () => {
    await using gateway = await start(archive());
    const { study: studyUrl, series, instance } = urls(gateway);
    const [first] = study.instances;
    const ofSeries = study.instances.filter((one) => one.series === first?.series).map(({ file }) => file);

    const single = await retrieve(instance, { accept: 'application/dicom; transfer-syntax=*' });
    expect(single.headers['content-type']).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(readPart10(single.body).dataSet.equals((await part10Of(first?.file ?? '')).dataSet)).toBe(true);
    expect(digestsOf(await retrieve(series))).toEqual(
      sortedDigests(await Promise.all(ofSeries.map(part10Of))),
    );
    const cold = await retrieve(studyUrl);
    expect(digestsOf(cold)).toEqual(all);
    expect(partsOf(cold).map(({ contentType }) => contentType)).toEqual(
      all.map(() => 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1'),
    );

    for (const url of [studyUrl, series, instance]) {
      const cached = await retrieve(url);
      expect(cached).toMatchObject({ status: 200, isBroken: false });
      expect(Number(cached.headers['content-length'])).toBe(cached.body.length);
    }
    expect(digestsOf(await retrieve(studyUrl))).toEqual(all);
    expect((await retrieve(instance, { accept: 'application/dicom' })).status).toBe(200);
    expect((await retrieve(studyUrl, { accept: 'application/dicom' })).status).toBe(406);
    expect((await retrieve(studyUrl, { accept: 'multipart/related; type="image/jpeg"' })).status).toBe(406);
  });

  it('gives it by C-GET too', async () => {
    await using gateway = await start(archive(), { WADO_RETRIEVE_METHOD: 'c-get' });
    expect(digestsOf(await retrieve(urls(gateway).study))).toEqual(all);
    expect(digestsOf(await retrieve(urls(gateway).study))).toEqual(all);
  });

  it('has nothing of an unknown study, series or instance: 404', async () => {
    await using gateway = await start(archive());
    const { study: studyUrl, series } = urls(gateway);
    for (const url of [
      `${gateway.wado}/studies/1.2.3.4`,
      `${studyUrl}/series/1.2.3.4`,
      `${series}/instances/1.2.3.4`,
    ]) {
      expect((await retrieve(url)).status).toBe(404);
    }
    expect((await retrieve(`${gateway.wado}/studies/1.2.3.x`)).status).toBe(400);
  });
});

describe('many clients', () => {
  it('64 at once, for study, series and instances: one C-MOVE, and every answer is whole', async () => {
    await using gateway = await start(orthanc, { LOG_LEVEL: 'info' });
    const { study: studyUrl, series, instance } = urls(gateway);
    const first = retrieve(studyUrl);
    const others = Array.from({ length: 63 }, (_, index) =>
      retrieve([studyUrl, series, instance][index % 3] ?? ''),
    );
    const answers = await Promise.all([first, ...others]);
    expect(answers.filter(({ status, isBroken }) => status === 200 && !isBroken)).toHaveLength(64);
    expect(digestsOf(answers[0])).toEqual(all);
    expect(answers.map((answer) => partsOf(answer).length).slice(1, 4)).toEqual([12, 4, 1]);
    const metrics = await (await fetch(`${gateway.origin}/metrics`)).text();
    expect(metrics).toMatch(/retrievals_started\w*\{archive="default"\} 1\b/);
  });
});

describe('C-MOVE and C-GET', () => {
  it('auto turns to C-GET where the archive does not know the move destination', async () => {
    await using archive = await startDcmqrscp({ moveDestinations: [] });
    await archive.store(study.files.slice(0, 3));
    await using gateway = await startGateway({ archive });
    const answer = await retrieve(`${gateway.wado}/studies/${study.studyUid}`);
    expect(partsOf(answer)).toHaveLength(3);
    await expect.poll(() => gateway.log()).toMatch(/C-MOVE does not work here, C-GET does/);
  });

  it('c-move tells what to register where', async () => {
    await using archive = await startDcmqrscp({ moveDestinations: [] });
    await archive.store(study.files.slice(0, 1));
    await using gateway = await startGateway({ archive, settings: { WADO_RETRIEVE_METHOD: 'c-move' } });
    const { status, body } = await retrieve(`${gateway.wado}/studies/${study.studyUid}`);
    expect(body.toString()).toMatch(/0xA801.*register our AE title BROKER as a move destination/s);
    expect(status).toBe(502);
  });
});

describe('the cache', () => {
  it('serves after a restart without asking for the images again', async () => {
    await using directory = await temporaryDirectory('wado-restart');
    {
      await using gateway = await start(dcmqrscp, {}, directory.path);
      expect(digestsOf(await retrieve(urls(gateway).study))).toEqual(all);
    }
    await using gateway = await start(dcmqrscp, {}, directory.path);
    const answer = await retrieve(urls(gateway).study);
    expect(digestsOf(answer)).toEqual(all);
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    expect(gateway.log()).not.toMatch(/The retrieval is complete/);
  });

  it.each(['stored', 'converted'])(
    'notices damaged files and fetches them again, sent as %s',
    async (how) => {
      await using directory = await temporaryDirectory('wado-damage');
      await using archive = how === 'stored' ? undefined : await startImplicit();
      const from = archive ?? dcmqrscp;
      const accept = how === 'stored' ? undefined : 'multipart/related; type="application/dicom"';
      await using gateway = await start(from, {}, directory.path);
      const url = urls(gateway).study;
      const before = digestsOf(await retrieve(url, { accept }));
      for (const damage of [flip, cut, remove, removeAll]) {
        const files = (await cachedFiles(directory.path)).sort();
        expect(files).toHaveLength(12);
        await damage(files);
        const answer = await retrieve(url, { accept });
        expect([damage.name, answer.status, answer.isBroken]).toEqual([damage.name, 200, false]);
        expect(digestsOf(answer)).toEqual(before);
      }
      expect(gateway.log()).toMatch(/An instance was dropped from the cache/);
    },
  );
});

/** An archive that holds the study in Implicit VR Little Endian. */
async function startImplicit(): ReturnType<typeof startDcmqrscp> {
  const archive = await startDcmqrscp({ moveDestinations: [scp], transferSyntax: '1.2.840.10008.1.2' });
  await archive.store(study.files);
  return archive;
}

async function flip(files: readonly string[]): Promise<void> {
  for (const file of [files[1] ?? '', files[5] ?? '']) {
    const bytes = await readFile(file);
    bytes[bytes.length - 7] = (bytes.at(-7) ?? 0) ^ 0xff;
    await writeFile(file, bytes);
  }
}

async function cut([, , file = '']: readonly string[]): Promise<void> {
  await truncate(file, 5_000);
}

async function remove([file = '']: readonly string[]): Promise<void> {
  await rm(file);
}

async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file);
}

describe('the listener', () => {
  it.each(['evil.example', 'evil.example:4567', '127.0.0.1.evil.example', '192.0.2.1'])(
    'refuses Host %s, which a page that rebinds its name would send',
    async (host) => {
      await using gateway = await start(dcmqrscp);
      const answer = await retrieve(urls(gateway).study, { headers: { Host: host } });
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toMatch(/Host header/);
      expect((await retrieve(`${gateway.wado}/studies`, { headers: { Host: 'localhost' } })).status).not.toBe(
        400,
      );
    },
  );
});
