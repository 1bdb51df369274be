import { expect, test } from 'vitest';
import { startChild } from '../support/child.ts';
import { watchMemory } from './process-memory.ts';

// Peaks come from /proc.
const isLinux = process.platform === 'linux';
const mib = 2 ** 20;
const parent = `
  let kept = Buffer.alloc(200 * ${mib}, 1);
  kept = undefined;
  const child = require('node:child_process').spawn(process.execPath, ['-e', \`
    globalThis.kept = Buffer.alloc(100 * ${mib}, 1);
    console.log('ready');
    setInterval(() => undefined, 1000);
    process.on('disconnect', () => process.exit());
  \`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  process.on('SIGTERM', () => process.exit());
`;

test.skipIf(!isLinux)('sums the peaks of a process and its child, also what was freed again', async () => {
  await using child = await startChild({
    command: process.execPath,
    args: ['-e', parent],
    ready: { output: /ready/ },
  });
  using watch = watchMemory(child.pid);
  expect(watch.peakInBytes()).toBeGreaterThan(300 * mib);
  expect(watch.processes()).toBe(2);
});

test.skipIf(!isLinux)('a process that has ended has no peak', async () => {
  const child = await startChild({
    command: process.execPath,
    args: ['-e', 'console.log("ready"); setInterval(() => undefined, 1000)'],
    ready: { output: /ready/ },
  });
  using watch = watchMemory(child.pid);
  await child.stop();
  expect(() => watch.peakInBytes()).toThrow(`The process ${child.pid} has ended.`);
});
