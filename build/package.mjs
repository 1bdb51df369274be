import { launch } from './launch.mjs';

await launch('build/package-app.ts', process.argv.slice(2));
