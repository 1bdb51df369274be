import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = [join(root, 'dist', 'renderer', 'index.html'), join(root, 'dist', 'icons', 'icon.png')];
const sources = ['renderer', 'build', 'broker/control/contract', 'package-lock.json'];

// Builds the user interface where it was not built yet, or something of it has changed since.
if (!(await isUpToDate())) {
  console.log('Building the user interface …');
  const { makeInterface } = await import('./app-parts.ts');
  await makeInterface();
}

async function isUpToDate(): Promise<boolean> {
  const builtAt = await Promise.all(built.map(changedAt));
  const changed = await Promise.all(sources.map((source) => lastChangeIn(join(root, source))));
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
