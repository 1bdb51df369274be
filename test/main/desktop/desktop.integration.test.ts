import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desktopKind, gateways, startDesktop } from '../../support/desktop.ts';
import type { RunningApp } from '../../support/electron-stand-in/running-app.ts';
import { eventually } from '../../support/eventually.ts';
import { processTree } from '../../support/process-tree.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts';

const waitMs = 60_000;

describe(`the desktop app on ${desktopKind}`, { timeout: 180_000 }, () => {
  let userData: TemporaryDirectory;

  beforeEach(async () => {
    userData = await temporaryDirectory('desktop');
  });
  afterEach(async () => {
    await userData[Symbol.asyncDispose]();
  });

  function start(...args: string[]): Promise<RunningApp> {
    return startDesktop({ userData: userData.path, args });
  }

  it('opens its window on the user interface, signed in, and on the set-up at the first start', async () => {
    await using desktop = await start();
    const page = await desktop.page();
    await page.getByRole('heading', { name: 'Set-up', level: 1 }).waitFor({ timeout: waitMs });
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/setup$/);
    const window = await desktop.evaluate(({ BrowserWindow }) => {
      const [first, ...others] = BrowserWindow.getAllWindows();
      return { others: others.length, isVisible: first?.isVisible() };
    });
    expect(window).toEqual({ others: 0, isVisible: true });
  });

  it('has a window that goes nowhere and opens nothing', async () => {
    await using desktop = await start();
    const page = await desktop.page();
    await page.getByRole('heading', { name: 'Set-up', level: 1 }).waitFor({ timeout: waitMs });
    const before = page.url();
    await page.evaluate(`location.href = 'https://elsewhere.example/'; open('https://elsewhere.example/');`);
    await sleep(500);
    expect(page.url()).toBe(before);
    expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('shows the window of the first when it is started a second time', async () => {
    await using desktop = await start();
    await desktop.page();
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    await using second = await start();
    expect(await second.ended).toBe(0);
    await eventually(async () => {
      const windows = await desktop.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.isVisible()),
      );
      expect(windows).toEqual([true]);
    });
  });

  it('goes on without its window, says so once, and comes back', async () => {
    await using desktop = await start();
    const first = await desktop.page();
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await eventually(async () => {
      expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
      // The browser closes its page a moment after the window is gone: the next one is not to be taken for it.
      expect(first.isClosed()).toBe(true);
      expect(await choices()).toMatchObject({ toldOfBackground: true });
    });
    expect(await gateways(desktop)).toHaveLength(1);
    await desktop.evaluate(({ app }) => void app.emit('activate'));
    const page = await desktop.page();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: waitMs });
  });

  it('starts hidden at login', async () => {
    await using desktop = await start('--hidden');
    await eventually(async () => {
      expect(await gateways(desktop)).toHaveLength(1);
    });
    expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  });

  it('has its window at the same place at the next start', async () => {
    const bounds = { x: 210, y: 140, width: 1100, height: 720 };
    {
      await using desktop = await start();
      await desktop.page();
      await desktop.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        window?.setBounds({ x: 210, y: 140, width: 1100, height: 720 });
        window?.close();
      });
      await eventually(async () => {
        expect(await choices()).toMatchObject({ window: { bounds } });
      });
    }
    await using desktop = await start();
    await desktop.page();
    expect(
      await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()),
    ).toEqual(bounds);
  });

  it('shows that the gateway has crashed, starts it again and shows the user interface', async () => {
    await using desktop = await start();
    const page = await desktop.page();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: waitMs });
    const [crashed] = await gateways(desktop);
    process.kill(crashed!, 'SIGKILL');
    await page
      .getByRole('heading', { name: 'The gateway has stopped unexpectedly' })
      .waitFor({ timeout: waitMs });
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: waitMs });
    const [again] = await gateways(desktop);
    expect(again).not.toBe(crashed);
    expect(await readFile(join(userData.path, 'logs', 'desktop.log'), 'utf8')).toContain(
      'The gateway has stopped unexpectedly.',
    );
  });

  it('starts the gateway at once from the page that shows the crash', async () => {
    await using desktop = await start();
    const page = await desktop.page();
    const heading = page.getByRole('heading', { name: 'The gateway has stopped unexpectedly' });
    // The fourth crash is followed by a wait of 8 s, which leaves time to press the button.
    for (let crash = 1; crash <= 4; crash += 1) {
      await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: waitMs });
      const [gateway] = await gateways(desktop);
      process.kill(gateway!, 'SIGKILL');
      await heading.waitFor({ timeout: waitMs });
    }
    await page.getByRole('link', { name: 'Start it now' }).click();
    await eventually(async () => {
      expect(await gateways(desktop)).toHaveLength(1);
    }, 4_000);
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: waitMs });
  });

  it('quits in good order: no process is left', async () => {
    const desktop = await start();
    await desktop.page();
    const before = await processTree(desktop.pid);
    expect(before.length).toBeGreaterThan(1);
    await desktop.evaluate(({ app }) => void setTimeout(() => app.quit(), 10));
    expect(await desktop.ended).toBe(0);
    await eventually(async () => {
      expect(before.filter(isAlive)).toEqual([]);
    });
    await desktop[Symbol.asyncDispose]();
  });

  async function choices(): Promise<unknown> {
    return JSON.parse(await readFile(join(userData.path, 'desktop.json'), 'utf8')) as unknown;
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
