import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('page/', import.meta.url));

/** Bundles the viewer's page with cornerstone, its workers and its WASM codecs into a directory. */
export async function buildPage(directory: string): Promise<void> {
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    resolve: { alias: { events: fileURLToPath(new URL('page/events.ts', import.meta.url)) } },
    build: { outDir: directory, emptyOutDir: false, minify: false, target: 'esnext' },
  });
}
