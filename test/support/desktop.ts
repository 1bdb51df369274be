import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { startDisplay } from './display.ts';
import type { RunningApp } from './electron-stand-in/running-app.ts';
import { startStandIn } from './electron-stand-in/start-stand-in.ts';

export interface DesktopOptions {
  /** Where the app keeps its data. */
  readonly userData: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const mainModule = fileURLToPath(new URL('../../main/desktop/desktop.ts', import.meta.url));
const electronPath = installedElectron();

/** What the desktop app runs on here. */
export const desktopKind =
  electronPath === undefined ? 'the stand-in for Electron on Debian’s Chromium' : 'real Electron';

/** Starts the desktop app from its source on a display of its own: on Electron where its binary is here. */
export async function startDesktop(options: DesktopOptions): Promise<RunningApp> {
  await using stack = new AsyncDisposableStack();
  const display = stack.use(await startDisplay());
  const env = { ...process.env, ...options.env, DISPLAY: display.name };
  const args = [`--user-data-dir=${options.userData}`, ...(options.args ?? [])];
  const app = stack.use(
    electronPath === undefined
      ? await startStandIn({ mainModule, args, env })
      : await startElectron(electronPath, args, env),
  );
  const owned = stack.move();
  return { ...app, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startElectron(
  executablePath: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<RunningApp> {
  const app = await _electron.launch({
    executablePath,
    args: [root, '--no-sandbox', ...args],
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  const child = app.process();
  if (child.pid === undefined) throw new Error('Electron has no process id.');
  return {
    pid: child.pid,
    evaluate: (run) => app.evaluate(run as never),
    page: async () => app.windows()[0] ?? (await app.firstWindow()),
    ended: new Promise((resolve) => child.once('exit', resolve)),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Process ids of the gateway: one, or none. */
export function gateways(desktop: RunningApp): Promise<number[]> {
  return desktop.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter(({ name }) => name === 'DCMRS Broker gateway')
      .map(({ pid }) => pid),
  );
}

/** Path of Electron's binary; undefined where it was not fetched. */
function installedElectron(): string | undefined {
  const folder = `${root}/node_modules/electron`;
  if (!existsSync(`${folder}/path.txt`)) return undefined;
  const path = `${folder}/dist/${readFileSync(`${folder}/path.txt`, 'utf8')}`;
  return existsSync(path) ? path : undefined;
}
