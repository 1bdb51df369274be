import { hostOptions } from './host-options.mjs';
import { launch } from './launch.mjs';

await launch('main/headless.ts', process.argv.slice(2), { interface: true, nodeOptions: hostOptions });
