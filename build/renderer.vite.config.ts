import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/**
 * The user interface as files for any HTTP server: one page, scripts and styles with hashes in their names.
 * Nothing stands in the page itself, so that its Content-Security-Policy needs no exception.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../renderer', import.meta.url)),
  base: './',
  clearScreen: false,
  plugins: [svelte({ configFile: false, compilerOptions: { runes: ({ filename }) => isOurs(filename) } })],
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // What knows light-dark(): nothing is rewritten for older ones.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    // A picture or font inside of a style sheet would be a data: URL, which the policy allows for images only.
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
  },
});

/** Components of packages say themselves whether they use runes. */
function isOurs(filename: string): true | undefined {
  return filename.includes('/node_modules/') ? undefined : true;
}
