import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStore } from '../../broker/config/settings-store.ts';
import { archiveSettings, makeAppliance, startAppliance, type TestAppliance } from '../support/appliance.ts';
import { type Dcmqrscp, startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { gatewayAeTitle } from '../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../support/generated-study.ts';
import { openResources, untilReleased } from '../support/open-resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { retrieve } from '../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
let archive: Dcmqrscp;
let study: GeneratedStudy;

beforeAll(async () => {
  const { path: directory } = stack.use(await temporaryDirectory('appliance-study'));
  study = await generateStudy({ directory, instances: 3, pixelBytes: 8_192 });
  archive = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await archive.store(study.files);
});

afterAll(() => stack.disposeAsync());

interface TakenPort extends AsyncDisposable {
  readonly port: number;
}

async function takenPort(): Promise<TakenPort> {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function limited(tested: TestAppliance): string[] {
  const components = tested.appliance.lifecycle.parts?.health.summary().components ?? [];
  return components.filter(({ state }) => state === 'limited').map(({ component }) => component);
}

describe('an appliance that nobody has set up', () => {
  it('starts, says what is missing, and serves as soon as the settings are saved', async () => {
    await using tested = await startAppliance();
    const { appliance, client } = tested;
    expect(appliance.lifecycle.phase).toBe('unconfigured');
    expect(appliance.lifecycle.phaseReasons.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('qido.remote_ae'),
    );
    const errors = tested.log().split('\n');
    for (const { message } of appliance.lifecycle.phaseReasons) {
      expect(errors.filter((line) => line.includes('ERROR') && line.includes(message))).toHaveLength(1);
    }
    expect(await tested.health()).toBe(503);
    const saved = await client.settings.save({ changes: await archiveSettings(archive, scp.port) });
    expect(saved).toEqual({ restarted: ['the gateway'] });
    expect(appliance.lifecycle.phase).toBe('running');
    expect(appliance.lifecycle.phaseReasons).toEqual([]);
    await expect.poll(() => tested.health()).toBe(200);
    const found = await fetch(`${tested.dicomweb()}/qido-rs/studies?StudyInstanceUID=${study.studyUid}`);
    expect(await found.json()).toHaveLength(1);
    const answer = await retrieve(`${tested.dicomweb()}/wado-rs/studies/${study.studyUid}`);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
  });

  it('tells the other side what to register before anything is saved, and after', async () => {
    await using tested = await startAppliance();
    const before = await tested.client.settings.counterpart({ name: 'default' });
    expect(before.rows.map(({ value }) => value)).toContain('not set yet');
    await tested.client.settings.save({ changes: await archiveSettings(archive) });
    const after = await tested.client.settings.counterpart({ name: 'default' });
    expect(after.rows.map(({ value }) => value)).toContain(gatewayAeTitle);
    await expect(tested.client.settings.counterpart({ name: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('takes what stands in until somebody sets it up, and then nothing of it', async () => {
    const { 'http.port': port, ...values } = await archiveSettings(archive, scp.port);
    await using tested = await startAppliance({
      stored: { 'http.port': port ?? 0 },
      standIn: { values: { ...values, 'wado.retrieve_method': 'c-get' }, where: 'the demo archive' },
    });
    const { client, appliance } = tested;
    expect(appliance.lifecycle.phase).toBe('running');
    const title = async () =>
      (await client.settings.get()).settings.find(({ property }) => property === 'scp.local_ae');
    expect(await title()).toMatchObject({ where: 'the demo archive', isLocked: false, isSet: false });
    expect(await title()).not.toHaveProperty('value');
    await client.settings.save({ changes: { 'log.level': 'debug' } });
    expect(appliance.lifecycle.parts?.config.archives[0]?.retrieveMethod).toBe('c-get');
    await expect(client.settings.save({ changes: { 'scp.local_ae': 'MINE' } })).rejects.toMatchObject({
      message: expect.stringContaining('qido.remote_ae') as string,
    });
    await client.settings.save({ changes: values });
    expect(appliance.lifecycle.parts?.config.archives[0]?.retrieveMethod).toBe('auto');
  });
});

describe('settings that are saved', () => {
  it('restart only what they touch, and tell who listens', async () => {
    await using tested = await startAppliance({ stored: await archiveSettings(archive) });
    const { appliance, client } = tested;
    const { startedAt } = appliance.lifecycle;
    let changes = 0;
    appliance.lifecycle.onChange(() => (changes += 1));
    const port = await freePort();
    expect(await client.settings.save({ changes: { 'http.port': port } })).toEqual({
      restarted: ['DICOMweb'],
    });
    expect(tested.dicomweb()).toBe(`http://127.0.0.1:${port}`);
    expect(appliance.lifecycle.startedAt).toBe(startedAt);
    expect(changes).toBeGreaterThan(0);
    const further = {
      'archives.other.qido.remote_ae': archive.aeTitle,
      'archives.other.qido.remote_host': archive.host,
      'archives.other.qido.remote_port': archive.port,
    };
    expect(await client.settings.addArchive({ name: 'other', changes: further })).toEqual({
      restarted: ['the connection to archive other'],
    });
    expect((await fetch(`${tested.dicomweb()}/archives/other/qido-rs/studies`)).status).toBe(200);
    expect(await client.settings.removeArchive({ name: 'other' })).toEqual({
      restarted: ['the connection to archive other'],
    });
  });

  it('are refused where something else gives them, and where they are wrong', async () => {
    await using tested = await startAppliance({
      stored: await archiveSettings(archive),
      env: { LOG_FORMAT: 'text' },
    });
    const refused = tested.client.settings.save({ changes: { 'log.format': 'json' } });
    await expect(refused).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('environment variable LOG_FORMAT') as string,
    });
    await expect(tested.client.settings.save({ changes: { 'http.port': 'x' } })).rejects.toMatchObject({
      code: 'configuration',
    });
    expect(tested.appliance.lifecycle.phase).toBe('running');
  });

  it('stay saved where they cannot be put in force, while the gateway goes on as before', async () => {
    await using taken = await takenPort();
    await using tested = await startAppliance({ stored: await archiveSettings(archive) });
    const before = tested.dicomweb();
    const { restarted, failed } = await tested.client.settings.save({ changes: { 'http.port': taken.port } });
    expect(restarted).toEqual([]);
    expect(failed).toMatchObject({
      message: expect.stringContaining('http.port') as string,
      remedy: expect.stringContaining('another port') as string,
    });
    expect(readStore(tested.home)['http.port']).toBe(taken.port);
    expect(tested.appliance.lifecycle.phase).toBe('running');
    expect(limited(tested)).toEqual(['saved settings']);
    expect(tested.dicomweb()).toBe(before);
    expect((await fetch(`${before}/qido-rs/studies`)).status).toBe(200);
    await tested.client.settings.save({ changes: { 'http.port': await freePort() } });
    expect(limited(tested)).toEqual([]);
    expect(tested.appliance.lifecycle.phaseReasons).toEqual([]);
  });

  it('are put in force later, as soon as they can be', async () => {
    const taken = await takenPort();
    await using tested = await startAppliance({ stored: await archiveSettings(archive) });
    await tested.client.settings.save({ changes: { 'http.port': taken.port } });
    expect(limited(tested)).toEqual(['saved settings']);
    await taken[Symbol.asyncDispose]();
    await expect.poll(() => tested.dicomweb(), { timeout: 20_000 }).toBe(`http://127.0.0.1:${taken.port}`);
    expect(limited(tested)).toEqual([]);
  });

  it('change the log without a restart of anything', async () => {
    await using tested = await startAppliance({ stored: await archiveSettings(archive) });
    const file = join(tested.home, 'broker.log');
    expect(tested.log()).not.toContain('DEBUG');
    const changes = { 'log.level': 'debug', 'log.file': file };
    expect(await tested.client.settings.save({ changes })).toEqual({ restarted: ['the log'] });
    await fetch(`${tested.dicomweb()}/qido-rs/studies`);
    expect(tested.log()).toContain('DEBUG');
    const impossible = { 'log.file': join(file, 'below-a-file.log') };
    const { failed } = await tested.client.settings.save({ changes: impossible });
    expect(failed?.message).toContain('below-a-file.log');
    expect(limited(tested)).toEqual(['log file']);
    expect(tested.appliance.lifecycle.phase).toBe('running');
    await tested.client.settings.reset({ properties: ['log.file'] });
    expect(limited(tested)).toEqual([]);
  });

  it('move the user interface, where they are its own, and those who know the token can go on', async () => {
    await using tested = await startAppliance();
    const port = await freePort();
    const before = tested.appliance.interface;
    const saved = await tested.client.settings.save({ changes: { 'control.port': port } });
    expect(saved.restarted).toEqual(['the user interface']);
    await expect.poll(() => tested.appliance.interface?.url, { timeout: 5_000 }).toContain(`:${port}/`);
    expect(tested.appliance.interface?.token).toBe(before?.token);
    expect((await tested.client.settings.get()).archives).toEqual(['default']);
    const token = 'a-token-that-is-long-enough';
    await tested.client.settings.save({ changes: { 'control.token': token } });
    await expect.poll(() => tested.appliance.interface?.token, { timeout: 5_000 }).toBeUndefined();
    await expect
      .poll(async () => {
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fetch(`${tested.appliance.interface?.url}api/settings`, { headers });
        return answer.status;
      })
      .toBe(200);
    await using taken = await takenPort();
    const { url } = tested.appliance.interface ?? {};
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ changes: { 'control.port': taken.port } });
    await fetch(`${url}api/settings`, { method: 'POST', headers, body });
    await expect.poll(() => tested.log(), { timeout: 5_000 }).toContain('cannot be moved');
    expect((await fetch(`${url}api/settings`, { headers })).status).toBe(200);
  });

  it('that are taken back end the gateway, which starts again when they are there', async () => {
    await using tested = await startAppliance({ stored: await archiveSettings(archive) });
    const file = await tested.client.settings.export();
    const { failed } = await tested.client.settings.reset({});
    expect(failed?.message).toContain('is missing');
    expect(tested.appliance.lifecycle).toMatchObject({ phase: 'unconfigured', parts: undefined });
    expect(await tested.client.settings.import(file)).toEqual({ restarted: ['the gateway'] });
    expect(tested.appliance.lifecycle.phase).toBe('running');
  });
});

describe('an appliance whose gateway cannot start', () => {
  it('says why and what to do, and starts it as soon as it can', async () => {
    const settings = await archiveSettings(archive);
    const taken = await takenPort();
    await using tested = await startAppliance({ stored: { ...settings, 'http.port': taken.port } });
    expect(tested.appliance.lifecycle).toMatchObject({
      phase: 'failed',
      parts: undefined,
      phaseReasons: [
        {
          message: expect.stringContaining(String(taken.port)) as string,
          remedy: expect.stringContaining('Another program uses this port') as string,
          code: 'configuration',
        },
      ],
    });
    expect(await tested.health()).toBe(503);
    await taken[Symbol.asyncDispose]();
    await expect.poll(() => tested.appliance.lifecycle.phase, { timeout: 20_000 }).toBe('running');
  });

  it('starts it at once when the settings are mended', async () => {
    await using taken = await takenPort();
    const settings = await archiveSettings(archive);
    await using tested = await startAppliance({ stored: { ...settings, 'scp.local_port': taken.port } });
    expect(tested.appliance.lifecycle.phase).toBe('failed');
    const saved = await tested.client.settings.save({ changes: { 'scp.local_port': await freePort() } });
    expect(saved).toEqual({ restarted: ['the gateway'] });
  });

  it('runs without its user interface where that cannot listen, but not without both', async () => {
    await using taken = await takenPort();
    const env = { CONTROL_PORT: String(taken.port) };
    await using tested = await startAppliance({ stored: await archiveSettings(archive), env });
    expect(tested.appliance.interface).toBeUndefined();
    expect(tested.appliance.lifecycle.phase).toBe('running');
    expect(tested.log()).toContain('no user interface');
    expect(limited(tested)).toEqual(['user interface']);
    await using unconfigured = await makeAppliance({ env });
    await expect(unconfigured.appliance.start()).rejects.toThrow(/qido\.remote_ae[^]*control\.port/);
  });
});

it('is restarted on demand, with what the files say then', async () => {
  await using tested = await startAppliance({ stored: await archiveSettings(archive) });
  const { startedAt, parts } = tested.appliance.lifecycle;
  await tested.appliance.lifecycle.restart();
  expect(tested.appliance.lifecycle.phase).toBe('running');
  expect(tested.appliance.lifecycle.startedAt).not.toBe(startedAt);
  expect(tested.appliance.lifecycle.parts?.retrieval).not.toBe(parts?.retrieval);
});

describe('stopping', () => {
  it.each(['running', 'unconfigured', 'failed', 'starting'] as const)(
    'leaves nothing open while %s',
    async (phase) => {
      await using taken = await takenPort();
      const before = openResources();
      const settings = await archiveSettings(archive);
      const stored = {
        running: settings,
        starting: settings,
        unconfigured: {},
        failed: { ...settings, 'http.port': taken.port },
      };
      const tested = await makeAppliance({ stored: stored[phase] });
      const started = tested.appliance.start();
      if (phase !== 'starting') {
        await started;
        expect(tested.appliance.lifecycle.phase).toBe(phase);
      }
      await tested.appliance.stop();
      await started;
      expect(tested.appliance.lifecycle).toMatchObject({ phase: 'stopping', parts: undefined });
      await untilReleased(before);
      await tested[Symbol.asyncDispose]();
    },
  );
});
