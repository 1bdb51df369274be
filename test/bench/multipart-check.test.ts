import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkStudyAnswer, PartCounter } from './multipart-check.ts';
import type { StudySet } from './study-sets.ts';

const body = [
  ...['--limit', 'Content-Type: application/dicom', '', 'first -- limit'],
  ...['--limit', 'Content-Type: application/dicom', '', 'second'],
  ...['--limit--', ''],
].join('\r\n');

function count(text: string, chunkLength: number): PartCounter {
  const counter = new PartCounter('limit');
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkLength) {
    counter.add(bytes.subarray(start, start + chunkLength));
  }
  return counter;
}

test.each([1, 2, 5, 7, 8, 50, 1000])('counts the parts of a body that comes in pieces of %d', (length) => {
  const counter = count(body, length);
  expect(counter.parts()).toBe(2);
  expect(counter.bytes).toBe(body.length);
});

test.each([1, 9, 1000])('a body that was cut off has no parts, in pieces of %d', (length) => {
  expect(() => count(body.slice(0, -4), length).parts()).toThrow('closing delimiter');
});

const servers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(status: number, type: string, text: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type, connection: 'close' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const instances = [1, 2].map(() => ({ file: '', headerLength: 0, series: '1', instance: '2' }));
const set: StudySet = {
  studyUid: '1',
  seriesUids: ['1'],
  files: [],
  instances,
  pixelBytes: 6,
  dataSetBytes: 12,
};
const type = 'multipart/related; type="application/dicom"; boundary="limit"';

async function check(url: string, wanted: StudySet): Promise<void> {
  await checkStudyAnswer(url, wanted, AbortSignal.timeout(5000));
}

test('a whole answer is taken', async () => {
  await expect(check(await serve(200, type, body), set)).resolves.toBeUndefined();
});

test.each([
  ['a part is missing', 200, type, { ...set, instances: [...instances, ...instances] }, /2 parts/],
  ['bytes are missing', 200, type, { ...set, dataSetBytes: 10_000 }, /2 parts, \d+ bytes; the study has/],
  ['the status is not 200', 206, type, set, /answered 206/],
  ['it is no multipart answer', 200, 'text/plain', set, /"text\/plain"/],
])('an answer is refused where %s', async (_case, status, contentType, wanted, message) => {
  await expect(check(await serve(status, contentType, body), wanted)).rejects.toThrow(message);
});
