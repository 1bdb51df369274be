import { launch } from './launch.mjs';

await launch('test/bench/bench.ts', process.argv.slice(2), { debianPackages: true });
