import { launch } from './launch.mjs';

await launch('main/headless.ts', process.argv.slice(2));
