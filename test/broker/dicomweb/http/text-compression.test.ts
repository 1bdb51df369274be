import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';
import express, { type RequestHandler, type Response } from 'express';
import { expect, test } from 'vitest';
import { PacedResponse } from '../../../../broker/dicomweb/http/paced-response.ts';
import { textCompression } from '../../../../broker/dicomweb/http/text-compression.ts';
import { TextSender } from '../../../../broker/dicomweb/http/text-sender.ts';
import { type HttpApp, ask, startHttpApp } from '../../../support/http-app.ts';

function start(handler: RequestHandler): Promise<HttpApp> {
  const app = express();
  app.disable('etag');
  app.use(textCompression());
  app.use(handler);
  return startHttpApp(app);
}

const text = 'A text that is long enough to be worth it. '.repeat(200);
const gzip = { 'Accept-Encoding': 'gzip' };

function send(type: string, body: string | Buffer, extra: (response: Response) => void = () => undefined) {
  return start((_request, response) => {
    response.setHeader('Content-Type', type);
    extra(response);
    response.end(body);
  });
}

test.each([
  ['application/dicom+json', 'gzip', gunzipSync],
  ['application/json; charset=utf-8', 'br', brotliDecompressSync],
  ['text/html', 'gzip', gunzipSync],
  ['application/vnd.sun.wadl+xml', 'gzip', gunzipSync],
  ['multipart/related; type="application/dicom+xml"; boundary=b', 'gzip', gunzipSync],
])('%s is compressed by %s', async (type, encoding, decompress) => {
  await using server = await send(type, text, (response) => {
    response.setHeader('Content-Length', text.length);
  });
  const { headers, body } = await ask(server.origin, { headers: { 'Accept-Encoding': encoding } });
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers['content-length']).toBeUndefined();
  expect(headers.vary).toContain('Accept-Encoding');
  expect(body.length).toBeLessThan(text.length / 10);
  expect(decompress(body).toString()).toBe(text);
});

test.each([
  'application/dicom',
  'application/octet-stream',
  'image/jpeg',
  'application/zip',
  'multipart/related; type="application/dicom"; boundary=b',
  'multipart/related; type="application/octet-stream"; boundary=b',
])('%s leaves as it is, by the methods that Node has', async (type) => {
  let untouched: boolean | undefined;
  await using server = await start((_request, response) => {
    response.setHeader('Content-Type', type);
    response.write(text.slice(0, 10));
    untouched = !Object.hasOwn(response, 'write') && !Object.hasOwn(response, 'end');
    response.end(text.slice(10));
  });
  const { headers, body } = await ask(server.origin, { headers: gzip });
  expect(headers['content-encoding']).toBeUndefined();
  expect(body.toString()).toBe(text);
  expect(untouched).toBe(true);
});

test('short texts, and those of clients that take no compression, are not compressed', async () => {
  await using short = await send('text/plain', 'short');
  expect((await ask(short.origin, { headers: gzip })).headers['content-encoding']).toBeUndefined();
  await using long = await send('text/plain', text);
  expect((await ask(long.origin)).body.toString()).toBe(text);
  const identity = await ask(long.origin, { headers: { 'Accept-Encoding': 'identity' } });
  expect(identity.body.toString()).toBe(text);
});

test('the entity tag of a compressed answer is weak, of another one as it was', async () => {
  const tagged = (response: Response): void => {
    response.setHeader('ETag', '"a"');
  };
  await using json = await send('application/json', text, tagged);
  expect((await ask(json.origin, { headers: gzip })).headers.etag).toBe('W/"a"');
  await using image = await send('image/png', text, tagged);
  expect((await ask(image.origin, { headers: gzip })).headers.etag).toBe('"a"');
});

test('an answer that is streamed item by item is had item by item', async () => {
  let sender: TextSender | undefined;
  let response: Response | undefined;
  await using server = await start(async (_request, itsResponse) => {
    response = itsResponse;
    response.setHeader('Content-Type', 'application/dicom+json');
    sender = new TextSender(response, AbortSignal.timeout(20_000));
    await sender.write('[first');
  });
  const answer = await opened(server, gzip);
  const plain = answer.pipe(createGunzip()).setEncoding('utf8');
  const next = async (): Promise<string> => String(((await once(plain, 'data')) as unknown[])[0]);
  expect(await next()).toBe('[first');
  for (const item of [',second', ',third']) {
    const coming = next();
    await sender?.write(item);
    expect(await coming).toBe(item);
  }
  const rest = next();
  await sender?.write(']');
  sender?.finish();
  response?.end();
  expect(await rest).toBe(']');
});

test('a client that reads slowly gets all of a large text, and no more is held for it than it can take', async () => {
  // Text that does not compress, so that the client's pace is felt.
  const items = Array.from({ length: 300 }, () => randomBytes(24_000).toString('base64'));
  let written = 0;
  await using server = await start(async (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    const sender = new TextSender(response, AbortSignal.timeout(20_000));
    for (const item of items) {
      await sender.write(item);
      written += 1;
    }
    sender.finish();
    response.end();
  });
  const answer = await opened(server, gzip);
  answer.pause();
  let before = -1;
  while (written !== before) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(written).toBeLessThan(items.length);
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.resume();
  await once(answer, 'end');
  expect(gunzipSync(Buffer.concat(chunks)).toString() === items.join('')).toBe(true);
});

test('who waits for each chunk to leave, and then uses its memory again, goes on', async () => {
  const chunks = Array.from({ length: 50 }, (_, index) => `${String(index)};`.repeat(20_000));
  await using server = await start(async (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    const paced = new PacedResponse(response);
    const memory = Buffer.alloc(200_000);
    for (const chunk of chunks) {
      memory.fill(0);
      await paced.write(memory.subarray(0, memory.write(chunk)));
    }
    response.end();
  });
  const { body } = await ask(server.origin, { headers: gzip });
  expect(gunzipSync(body).toString() === chunks.join('')).toBe(true);
});

test('an answer that is broken off stays broken', async () => {
  await using server = await start(async (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    const sender = new TextSender(response, AbortSignal.timeout(20_000));
    await sender.write(text);
    setTimeout(() => response.destroy(), 50);
  });
  const { headers, isBroken } = await ask(server.origin, { headers: gzip });
  expect(headers['content-encoding']).toBe('gzip');
  expect(isBroken).toBe(true);
});

test('a trailer still follows', async () => {
  await using server = await start((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Trailer', 'Warning');
    response.write(text);
    response.addTrailers({ Warning: '299 late' });
    response.end();
  });
  const answer = await opened(server, gzip);
  answer.resume();
  await once(answer, 'end');
  expect(answer.trailers['warning']).toBe('299 late');
});

function opened({ port }: HttpApp, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', headers, agent: false }, resolve).once('error', reject);
  });
}
