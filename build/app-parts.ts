import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { makeIcons } from './make-icons.ts';
import { transpile } from './transpile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Makes what the desktop shows and the headless host serves: `dist/renderer` and `dist/icons`. */
export async function makeInterface(): Promise<void> {
  await build({
    configFile: join(root, 'build', 'renderer.vite.config.ts'),
    logLevel: 'warn',
    mode: 'production',
  });
  await makeIcons(join(root, 'dist', 'icons'));
}

/** Makes all that electron-builder.yml takes from `dist`. */
export async function makeAppParts(): Promise<void> {
  await makeInterface();
  await transpile(root, join(root, 'dist', 'app'));
}
