import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

/** Builds the page on which single components are tried, into a directory. */
export async function buildComponentPage(directory: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL('page/', import.meta.url)),
    base: './',
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    plugins: [svelte({ configFile: false })],
    build: { outDir: directory, emptyOutDir: false, target: 'esnext' },
  });
}
