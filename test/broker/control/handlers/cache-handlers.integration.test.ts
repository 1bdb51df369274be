import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CachedStudy } from '../../../../broker/control/contract/cached.ts';
import type { Uid } from '../../../../broker/domain/uid.ts';
import { type StartedControlServer, startControlServer } from '../../../support/control-server.ts';
import { scriptedServices } from '../../../support/control-services.ts';
import { startDcmqrscp } from '../../../support/dcmqrscp.ts';
import type { Peer } from '../../../support/dcmtk-tools.ts';
import { freePort } from '../../../support/free-port.ts';
import { startScene } from '../../../support/gateway-scene.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../../support/generated-study.ts';
import { scriptedStudy } from '../../../support/scripted-study.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { asStored, retrieve } from '../../../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
const hostileName = `<img src=x onerror=alert(1)>'--`;
let archive: Peer;
let small: GeneratedStudy;
let large: GeneratedStudy;
let gateway: Gateway;
let control: StartedControlServer;

beforeAll(async () => {
  const directory = stack.use(await temporaryDirectory('cache-handlers')).path;
  small = await generateStudy({
    directory: join(directory, 'small'),
    instances: 5,
    pixelBytes: 32_768,
    series: 2,
    patientName: hostileName,
    patientId: 'HOSTILE-1',
  });
  large = await generateStudy({ directory: join(directory, 'large'), instances: 12, pixelBytes: 4_194_304 });
  const started = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await started.store([...small.files, ...large.files]);
  archive = started;
  gateway = stack.use(await startGateway({ archive, scpPort: scp.port }));
  control = stack.use(await controlOf(gateway));
});
afterAll(() => stack.disposeAsync());

beforeEach(async () => {
  await control.client.cache.clear({ withPinned: true });
});

function controlOf({ broker }: Gateway): Promise<StartedControlServer> {
  const services = scriptedServices();
  services.lifecycle.set({ parts: broker.parts });
  return startControlServer(services);
}

const nameOf = (study: GeneratedStudy) => ({ archive: 'default', study: study.studyUid });
const urlOf = (study: GeneratedStudy): string => `${gateway.wado}/studies/${study.studyUid}`;

async function cached(study: GeneratedStudy): Promise<CachedStudy> {
  expect((await retrieve(urlOf(study))).status).toBe(200);
  return vi.waitFor(
    async () => {
      const { study: found } = await control.client.cache.study(nameOf(study));
      expect(found).toMatchObject({ state: 'complete', modalities: ['CT'] });
      return found;
    },
    { timeout: 15_000, interval: 100 },
  );
}

function filesOf(study: GeneratedStudy): string[] {
  const found = gateway.broker.parts?.cache.find('default', { level: 'study', study: study.studyUid as Uid });
  return (found ?? []).map(({ path }) => path);
}

describe('the list', () => {
  test('shows what was received, and is searched and sorted', async () => {
    const found = await cached(small);
    expect(found).toMatchObject({
      archive: 'default',
      study: small.studyUid,
      patientName: hostileName,
      patientId: 'HOSTILE-1',
      studyDate: '20240315',
      description: 'Chest routine',
      series: 2,
      instances: 5,
      isPinned: false,
    });
    expect(found.bytes).toBeGreaterThan(5 * 32_768);
    expect(Date.parse(found.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(found.firstReceivedAt));
    await cached(large);
    const { studies } = control.client.cache;
    expect(await studies({ text: 'hostile ONERROR' })).toEqual({ total: 1, studies: [found] });
    const bySize = await studies({ sort: 'size', descending: true, limit: 1 });
    expect(bySize).toMatchObject({ total: 2, studies: [{ study: large.studyUid }] });
    const rest = await control.ask(`api/cache/studies?sort=size&descending=false&text=2024-03`);
    expect(JSON.parse(rest.body.toString())).toMatchObject({
      total: 2,
      studies: [{ study: small.studyUid }, {}],
    });
  });

  test('refuses what is no sort, no archive and no UID', async () => {
    const bad = [
      'api/cache/studies?sort=patient;--',
      'api/cache/a%2Fb/studies/1.2',
      'api/cache/default/studies/x',
    ];
    for (const path of bad) expect((await control.ask(path)).status).toBe(400);
    expect((await control.ask('api/cache/default/studies/1.2.3')).status).toBe(404);
  });
});

describe('details', () => {
  test('go down to series, instances and their attributes', async () => {
    await cached(small);
    const { series } = await control.client.cache.study(nameOf(small));
    expect(series).toMatchObject([
      { series: small.seriesUids[0], number: '1', modality: 'CT', description: 'Series 1', instances: 3 },
      { series: small.seriesUids[1], number: '2', modality: 'CT', description: 'Series 2', instances: 2 },
    ]);
    const [one] = series;
    const instances = await control.client.cache.instances({ ...nameOf(small), series: one!.series });
    expect(instances.map(({ number }) => number)).toEqual(['1', '3', '5']);
    expect(instances[0]).toMatchObject({
      sopClassName: 'CT Image',
      transferSyntaxName: 'Explicit VR Little Endian',
    });
    const instance = instances[0]!.instance;
    const { lines, isCut } = await control.client.cache.attributes({
      ...nameOf(small),
      series: one!.series,
      instance,
    });
    expect(isCut).toBe(false);
    expect(lines).toContainEqual({
      depth: 0,
      tag: '00100010',
      vr: 'PN',
      keyword: 'PatientName',
      value: hostileName,
    });
    expect(lines.at(-1)).toMatchObject({ keyword: 'PixelData', value: '32.8 kB' });
    await expect(
      control.client.cache.attributes({ ...nameOf(small), series: one!.series, instance: '1.2.3' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('have a picture, which is no use of the study', async () => {
    const { lastUsedAt } = await cached(small);
    const picture = await control.ask(`api/cache/default/studies/${small.studyUid}/thumbnail`);
    expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(picture.body.subarray(0, 2).toString('hex')).toBe('ffd8');
    const file = await control.client.cache.thumbnail({ ...nameOf(small), series: small.seriesUids[1] });
    expect(file.type).toBe('image/jpeg');
    expect(file.size).toBeGreaterThan(100);
    expect((await control.client.cache.study(nameOf(small))).study.lastUsedAt).toBe(lastUsedAt);
  });

  test('of a damaged file say so, and the file is dropped', async () => {
    await cached(small);
    const { series } = await control.client.cache.study(nameOf(small));
    await control.client.cache.thumbnail(nameOf(small));
    gateway.broker.parts?.thumbnails.removeStudy('default', small.studyUid);
    for (const path of filesOf(small)) await writeFile(path, 'nothing');
    await expect(control.client.cache.thumbnail(nameOf(small))).rejects.toMatchObject({
      code: 'cache-damaged',
    });
    const { study } = await control.client.cache.study(nameOf(small));
    expect(study).toMatchObject({ instances: 4, state: 'partial' });
    expect(series).toHaveLength(2);
  });
});

describe('removing', () => {
  test('takes the files from the disk, and what was kept of them', async () => {
    await cached(small);
    await control.client.cache.thumbnail(nameOf(small));
    const files = filesOf(small);
    expect(files).toHaveLength(5);
    await control.client.cache.remove(nameOf(small));
    expect(files.filter((file) => existsSync(file))).toEqual([]);
    expect(await control.client.cache.studies({})).toEqual({ total: 0, studies: [] });
    await expect(control.client.cache.remove(nameOf(small))).rejects.toMatchObject({ code: 'not-found' });
    expect(gateway.broker.parts?.thumbnails.bytes).toBe(0);
  });

  test('lets a client that reads it finish', async () => {
    await cached(large);
    const response = await paused(urlOf(large));
    const removed = control.client.cache.remove(nameOf(large));
    await sleep(500);
    expect((await control.client.cache.studies({})).total).toBe(1);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    response.resume();
    await once(response, 'end');
    expect(bytes).toBeGreaterThan(12 * 4_194_304);
    await removed;
    expect(await control.client.cache.studies({})).toEqual({ total: 0, studies: [] });
  });

  test('of a study that is being received cancels that first', async () => {
    const study = scriptedStudy(4);
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using scene = await startScene({
      study,
      move: async ({ send, association, wanted }) => {
        await send(wanted.slice(0, 2));
        begun();
        // The rest does not come: the gateway cancels, or leaves.
        await association.read().catch(() => undefined);
      },
      settings: { WADO_RETRIEVE_TIMEOUT_IN_SECS: '60', DIMSE_RESPONSE_TIMEOUT_IN_SECS: '60' },
    });
    await using ofScene = await controlOf(scene.gateway);
    const client = retrieve(scene.studyUrl);
    await hasBegun;
    const name = { archive: 'default', study: study.study };
    await vi.waitFor(async () => {
      expect((await ofScene.client.cache.study(name)).study).toMatchObject({
        state: 'receiving',
        instances: 2,
      });
    });
    await ofScene.client.cache.remove(name);
    expect((await client).isBroken).toBe(true);
    expect(await ofScene.client.cache.studies({})).toEqual({ total: 0, studies: [] });
    expect(scene.gateway.broker.parts?.retrieval.progress).toEqual([]);
  });

  test('of everything leaves what is pinned', async () => {
    await cached(small);
    await cached(large);
    await control.client.cache.pin({ ...nameOf(small), isPinned: true });
    expect(await control.client.cache.clear({})).toEqual({ removed: 1, kept: 1 });
    expect(await control.client.cache.studies({})).toMatchObject({ total: 1, studies: [{ isPinned: true }] });
    const rest = await control.ask('api/cache', { method: 'DELETE' });
    expect(JSON.parse(rest.body.toString())).toEqual({ removed: 0, kept: 1 });
    expect(await control.client.cache.clear({ withPinned: true })).toEqual({ removed: 1, kept: 0 });
  });
});

test('a study is fetched again from its archive', async () => {
  await cached(small);
  const [damaged] = filesOf(small);
  await writeFile(damaged!, 'nothing');
  await control.client.cache.fetchAgain(nameOf(small));
  await cached(small);
  expect((await retrieve(urlOf(small))).status).toBe(200);
  await expect(control.client.cache.fetchAgain({ archive: 'gone', study: '1.2' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('pins and what studies are about outlive a restart, and are found out for a cache that does not know them', async () => {
  const cacheDirectory = stack.use(await temporaryDirectory('old-cache')).path;
  const name = nameOf(small);
  const listed = async (started: Gateway): Promise<CachedStudy> => {
    await using ofStarted = await controlOf(started);
    return await vi.waitFor(
      async () => {
        const { study: found } = await ofStarted.client.cache.study(name);
        expect(found.patientName).toBe(hostileName);
        return found;
      },
      { timeout: 15_000 },
    );
  };
  const receiver: Peer = { ...scp, port: await freePort() };
  await using other = await startDcmqrscp({ moveDestinations: [receiver] });
  await other.store(small.files);
  const settings = { archive: other, scpPort: receiver.port, cacheDirectory };
  const first = await startGateway(settings);
  try {
    expect((await retrieve(`${first.wado}/studies/${small.studyUid}`)).status).toBe(200);
    first.broker.parts?.cache.pin('default', small.studyUid as Uid, true);
    await listed(first);
  } finally {
    await first.stop();
  }
  const second = await startGateway(settings);
  try {
    expect(await listed(second)).toMatchObject({ isPinned: true, instances: 5, state: 'complete' });
  } finally {
    await second.stop();
  }
  const database = new DatabaseSync(join(cacheDirectory, 'index.sqlite'));
  database.exec(`ALTER TABLE study DROP COLUMN first_received_at; DROP TABLE pin; DROP TABLE study_summary;
    DROP TABLE series_summary; PRAGMA user_version = 1`);
  database.close();
  await using third = await startGateway(settings);
  expect(await listed(third)).toMatchObject({ isPinned: false, instances: 5, state: 'complete' });
});

async function paused(url: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers: { Accept: asStored } }, resolve).once('error', reject);
  });
  response.pause();
  return response;
}
