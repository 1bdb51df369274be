import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { startChild } from './child.ts';
import { freePort } from './free-port.ts';

const listen = (port: number): string =>
  `require('node:net').createServer().listen(${port}, '127.0.0.1'); process.on('SIGTERM', () => {});`;

it('waits for the port, and ends a process that does not listen to SIGTERM', async () => {
  const port = await freePort();
  const child = await startChild({ command: process.execPath, args: ['-e', listen(port)], ready: { port } });
  await child.stop(100);
  expect(() => process.kill(child.pid, 0)).toThrow(/ESRCH/);
  const refused = new Promise((resolve) => createConnection(port, '127.0.0.1').once('error', resolve));
  expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
});

it('says what a process wrote that ended before it was ready', async () => {
  const args = ['-e', 'console.error("no such disk"); process.exit(3)'];
  const started = startChild({ command: process.execPath, args, ready: { output: /ready/ } });
  await expect(started).rejects.toThrow(/exit code 3[^]*no such disk/);
});

it('gives up on a process that never gets ready', async () => {
  const args = ['-e', 'setInterval(() => {}, 1000)'];
  const ready = { output: /ready/ };
  const started = startChild({ command: process.execPath, args, ready, readyWithinMs: 300 });
  await expect(started).rejects.toThrow(/not ready in time/);
});
