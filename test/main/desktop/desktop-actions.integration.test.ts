import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktopKind, gateways, startDesktop } from '../../support/desktop.ts';
import { startDcmqrscp } from '../../support/dcmqrscp.ts';
import type { RunningApp } from '../../support/electron-stand-in/running-app.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe(`a desktop app that is set up, on ${desktopKind}`, { timeout: 180_000 }, () => {
  const stack = new AsyncDisposableStack();
  let desktop: RunningApp;
  let page: Page;
  let userData: string;
  let httpPort: number;

  beforeAll(async () => {
    const archive = stack.use(await startDcmqrscp({ moveDestinations: [] }));
    userData = stack.use(await temporaryDirectory('desktop')).path;
    httpPort = await freePort();
    const remote = (use: string) => ({
      [`${use}_REMOTE_AE`]: archive.aeTitle,
      [`${use}_REMOTE_HOST`]: archive.host,
      [`${use}_REMOTE_PORT`]: String(archive.port),
      [`${use}_LOCAL_AE`]: 'BROKER',
    });
    const env = {
      ...remote('QIDO'),
      ...remote('WADO'),
      SCP_LOCAL_AE: 'BROKER',
      SCP_LOCAL_PORT: String(await freePort()),
      HTTP_PORT: String(httpPort),
      XDG_CONFIG_HOME: userData,
    };
    desktop = stack.use(await startDesktop({ userData, env }));
    page = await desktop.page();
    await shown();
  }, 180_000);
  afterAll(() => stack.disposeAsync());

  const shown = () => page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: 60_000 });

  it('copies the address that viewers are given', async () => {
    await eventually(async () => {
      const isEnabled = await desktop.evaluate(
        ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('copy-dicomweb-url')?.enabled,
      );
      expect(isEnabled).toBe(true);
    });
    const copied = await desktop.evaluate(async ({ clipboard, Menu }) => {
      Menu.getApplicationMenu()?.getMenuItemById('copy-dicomweb-url')?.click();
      return await clipboard.readText();
    });
    expect(new URL(copied)).toMatchObject({ port: String(httpPort), pathname: '/dicom-web' });
    expect((await fetch(`${copied}/studies`)).ok).toBe(true);
  });

  it('keeps images and logs where the platform has them', async () => {
    const log = await readFile(join(userData, 'logs', 'dcmrs-broker.log'), 'utf8');
    expect(log).toContain(join(userData, 'images'));
  });

  it('does for the window what only a desktop can', async () => {
    await desktop.evaluate(({ dialog }) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ['/chosen'] });
    });
    expect(await ask('GET', '/api/host')).toMatchObject({ kind: 'desktop', startsAtLogin: false });
    expect(await ask('POST', '/api/host/choose-folder', {})).toEqual({ path: '/chosen' });
    expect(await ask('PUT', '/api/host/start-at-login', { enabled: true })).toMatchObject({
      startsAtLogin: true,
    });
    expect(await readFile(join(userData, 'autostart', 'dcmrs-broker.desktop'), 'utf8')).toContain('--hidden');
    expect(await ask('PUT', '/api/host/start-at-login', { enabled: false })).toMatchObject({
      startsAtLogin: false,
    });
  });

  it('goes on after the machine has slept', async () => {
    const before = await gateways(desktop);
    await desktop.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('suspend');
      powerMonitor.emit('resume');
    });
    await eventually(async () => {
      expect(await readFile(join(userData, 'logs', 'desktop.log'), 'utf8')).toContain(
        'has asked the archives',
      );
    });
    expect(await gateways(desktop)).toEqual(before);
  });

  it('starts the gateway again when the person wants it', async () => {
    const [before] = await gateways(desktop);
    await desktop.evaluate(({ Menu }) => {
      Menu.getApplicationMenu()?.getMenuItemById('restart-gateway')?.click();
    });
    await eventually(async () => {
      const [after] = await gateways(desktop);
      expect(after).toBeDefined();
      expect(after).not.toBe(before);
    });
    await shown();
    await eventually(async () => {
      expect((await fetch(`http://127.0.0.1:${httpPort}/health`)).ok).toBe(true);
    });
  });

  /** Asks the control API with the token that the window was given. */
  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const token: unknown = await page.evaluate("sessionStorage.getItem('dcmrs-broker.token')");
    const response = await fetch(new URL(path, page.url()), {
      method,
      headers: { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  }
});
