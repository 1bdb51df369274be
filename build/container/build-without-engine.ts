import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildWithoutEngine } from './without-engine.ts';

// node build/container/build-without-engine.ts DIRECTORY
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Name an empty folder.');
await mkdir(directory, { recursive: true });
console.log(await buildWithoutEngine(resolve(directory)));
