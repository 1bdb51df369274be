import { fileURLToPath } from 'node:url';
import { makeAppParts } from './app-parts.ts';
import { endLike, runChild } from './child.mjs';

// Arguments go to electron-builder: `npm run package -- --dir`, `npm run package -- --win nsis`.
const builder = fileURLToPath(import.meta.resolve('electron-builder/cli.js'));

await makeAppParts();
const args = [builder, '--publish', 'never', ...process.argv.slice(2)];
endLike(await runChild(process.execPath, args));
