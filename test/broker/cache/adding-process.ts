import { Cache } from '../../../broker/cache/cache.ts';
import { nameOf, testLogger, writeInstance } from './cached-files.ts';

// A process to be killed: stores instances without end, and says after each one how many there are.
// The first study is marked as complete as soon as its ten instances are there.
const directory = process.argv[2];
if (directory === undefined) throw new Error('The cache directory is missing.');
const cache = await Cache.open({ directory, maxAgeInMin: 60, maxSizeInMb: 0, logger: testLogger() });
for (let count = 1; ; count++) {
  const name = nameOf(Math.ceil(count / 10), 1, count);
  cache.add(writeInstance(directory, name));
  if (count === 10) cache.markComplete('default', { level: 'study', study: name.study }, 10);
  process.stdout.write(`${count}\n`);
  if (count % 50 === 0) await new Promise(setImmediate);
}
