import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpile } from './transpile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const builtInterface = ['dist/renderer/index.html', 'dist/icons/icon.png'];
const interfaceSources = ['renderer', 'build', 'broker/control/contract', 'package-lock.json'];

/**
 * Makes what the desktop shows and the headless host serves, `dist/renderer` and `dist/icons`, where it was not
 * made yet or something of it has changed since.
 */
export async function prepareInterface(): Promise<void> {
  if (await isUpToDate()) return;
  console.log('Building the user interface …');
  // Loaded only where they are wanted: this stands before every start.
  const [{ build }, { makeIcons }] = await Promise.all([import('vite'), import('./make-icons.ts')]);
  const configFile = join(root, 'build', 'renderer.vite.config.ts');
  await build({ configFile, logLevel: 'warn', mode: 'production' });
  await makeIcons(join(root, 'dist', 'icons'));
}

/** Makes all that electron-builder.yml takes from `dist`. */
export async function makeAppParts(): Promise<void> {
  await prepareInterface();
  await transpile(root, join(root, 'dist', 'app'));
}

async function isUpToDate(): Promise<boolean> {
  const builtAt = await Promise.all(builtInterface.map((path) => changedAt(join(root, path))));
  const changed = await Promise.all(interfaceSources.map((path) => lastChangeIn(join(root, path))));
  return Math.min(...builtAt) > Math.max(...changed);
}

async function lastChangeIn(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return await changedAt(path);
  const files = entries.filter((entry) => entry.isFile());
  return Math.max(
    ...(await Promise.all(files.map(({ parentPath, name }) => changedAt(join(parentPath, name))))),
  );
}

/** In milliseconds; 0 where there is no such file. */
async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
