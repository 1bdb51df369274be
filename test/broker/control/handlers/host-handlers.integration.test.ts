import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostAbilities } from '../../../../broker/control/contract/host.ts';
import type { GatewayParts, HostCapabilities } from '../../../../broker/control/control-services.ts';
import { type ScriptedServices, scriptedServices } from '../../../support/control-services.ts';
import { type StartedControlServer, startControlServer } from '../../../support/control-server.ts';
import { fakeConfig } from '../../../support/fake-app.ts';

const opened: string[] = [];
let startsAtLogin = false;

/** A desktop whose person chooses a folder below the one that is shown, or none. */
const desktop: HostCapabilities = {
  abilities: (): HostAbilities => ({
    kind: 'desktop',
    canChooseFolder: true,
    canOpenFolder: true,
    canStartAtLogin: true,
    startsAtLogin,
    canCheckForUpdates: false,
  }),
  chooseFolder: (startAt) => Promise.resolve(startAt === undefined ? undefined : `${startAt}/chosen`),
  openFolder: (path) => {
    opened.push(path);
    return Promise.resolve();
  },
  startAtLogin: (enabled) => {
    startsAtLogin = enabled;
    return Promise.resolve();
  },
};

let services: ScriptedServices;
let started: StartedControlServer;

beforeAll(async () => {
  services = scriptedServices({ host: desktop });
  started = await startControlServer(services);
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  services.watch.stop();
});

test('a folder is chosen, or none', async () => {
  expect(await started.client.host.chooseFolder({ startAt: '/data' })).toEqual({ path: '/data/chosen' });
  expect(await started.client.host.chooseFolder({})).toEqual({});
});

test('starting at login is answered with what the host can do and does', async () => {
  expect(await started.client.host.startAtLogin({ enabled: true })).toMatchObject({ startsAtLogin: true });
  expect(await started.client.host.get()).toMatchObject({ kind: 'desktop', startsAtLogin: true });
});

test('folders are opened by what they are for, never by a path of the request', async () => {
  const parts: unknown = {
    config: fakeConfig({ LOG_FILE: '/var/log/gateway/gateway.log' }),
    cache: { directory: '/var/cache/gateway' },
  };
  // What the handlers look at of it; the watch is not told.
  services.lifecycle.parts = parts as GatewayParts;
  for (const which of ['settings', 'cache', 'log'] as const) await started.client.host.openFolder({ which });
  expect(opened).toEqual(['/home/gateway/conf', '/var/cache/gateway', '/var/log/gateway']);
  services.lifecycle.parts = undefined;
});

test('a folder that is not there is told in words', async () => {
  await expect(started.client.host.openFolder({ which: 'cache' })).rejects.toThrow(
    'The gateway does not run: there is no cache.',
  );
  const path = await started.ask('api/host/open-folder', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"which":"/etc"}',
  });
  expect(path.status).toBe(400);
});
