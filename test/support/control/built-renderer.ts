import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const oldAfterMs = 24 * 60 * 60_000;
const sources = ['renderer', 'broker/control/contract', 'build/renderer.vite.config.ts', 'package-lock.json'];

/**
 * The folder of the user interface as it is built from the sources of now. Each state of the sources is built
 * once, whichever test asks first.
 */
export async function builtRenderer(): Promise<string> {
  const parent = join(root, 'dist', 'tested-renderer');
  const directory = join(parent, await digestOfSources());
  if (existsSync(join(directory, 'index.html'))) return directory;
  await mkdir(parent, { recursive: true });
  await removeOld(parent);
  const unfinished = `${directory}.${process.pid}`;
  try {
    await build({
      configFile: join(root, 'build', 'renderer.vite.config.ts'),
      logLevel: 'error',
      // A component is compiled for a browser also where a test runner says that this is a test.
      mode: 'production',
      build: { outDir: unfinished },
    });
    // Another test may have been quicker: what it built is the same.
    await rename(unfinished, directory).catch((error: unknown) => {
      if (!existsSync(join(directory, 'index.html'))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}

/** Builds of sources of another day; who serves one of them has it in memory. */
async function removeOld(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > oldAfterMs) await rm(path, { recursive: true, force: true });
  }
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(root, source);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = entries
      ?.filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of (files ?? [path]).sort()) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
