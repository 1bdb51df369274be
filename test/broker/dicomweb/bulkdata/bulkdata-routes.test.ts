import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync } from 'node:zlib';
import { readFileSync, truncateSync } from 'node:fs';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InstanceReader } from '../../../../broker/cache/instance-reader.ts';
import { Metadata } from '../../../../broker/cache/metadata.ts';
import type { StoredInstance } from '../../../../broker/cache/stored-instance.ts';
import { bulkdataRouter } from '../../../../broker/dicomweb/bulkdata/bulkdata-routes.ts';
import { sendProblem } from '../../../../broker/dicomweb/http/problem.ts';
import type { WadoRouterOptions } from '../../../../broker/dicomweb/retrieve/wado-routes.ts';
import { BrokerError, toBrokerError } from '../../../../broker/domain/errors.ts';
import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
} from '../../../../broker/domain/transfer-syntax.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { testLogger } from '../../cache/cached-files.ts';
import { type DataSetFile, writeInstance } from '../../dicom/described-file.ts';
import {
  explicit,
  explicitBig,
  item,
  sequenceDelimitation,
  undefinedLength,
} from '../../dicom/written-elements.ts';

const mpeg4 = '1.2.840.10008.1.2.4.102';
const jpegBaseline = '1.2.840.10008.1.2.4.50';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: Server;
let origin: string;
let instance: StoredInstance;
let dropped: string[];
const stack = {
  reader: undefined as InstanceReader | undefined,
  metadata: undefined as Metadata | undefined,
};

beforeEach(async () => {
  directory = await temporaryDirectory('bulkdata');
  dropped = [];
  const logger = testLogger();
  const reader = (stack.reader = new InstanceReader({ logger, bufferLength: 64 * 1024 }));
  const metadata = (stack.metadata = new Metadata({ directory: directory.path, logger }));
  const nothing = (): void => undefined;
  const services = {
    archive: { name: 'default' },
    reader,
    metadata,
    logger,
    cache: { discard: (one: StoredInstance) => void dropped.push(one.instance) },
    retrieval: {
      lost: nothing,
      open: () => {
        if (dropped.length > 0) throw new BrokerError('archive-unreachable', 'The archive is away.');
        return Promise.resolve({ kind: 'complete', instances: [instance], [Symbol.dispose]: nothing });
      },
    },
    audit: { beginTransferring: nothing, instancesTransferred: nothing },
    metrics: { bytesSent: nothing },
  } as unknown as WadoRouterOptions;
  const app = express();
  app.use('/base', bulkdataRouter(services));
  app.use(((thrown, request, response, _next) => {
    if (response.headersSent) response.destroy();
    else sendProblem(response, toBrokerError(thrown), request.headers.accept);
  }) satisfies express.ErrorRequestHandler);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await stack.reader?.close();
  await stack.metadata?.close();
  await directory[Symbol.asyncDispose]();
});

async function holding(transferSyntaxUid: string, ...dataSet: DataSetFile['dataSet']): Promise<void> {
  const file = await writeInstance(directory.path, { transferSyntaxUid, dataSet });
  const bytes = file.size < 2 ** 28 ? readFileSync(file.path) : Buffer.alloc(0);
  const names = { archive: 'default', study: '1.1', series: '1.2', instance: '1.3' } as unknown;
  instance = { ...(names as StoredInstance), ...file, sopClassUid: '1.9', crc32: crc32(bytes) };
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/base/studies/1.1/series/1.2/instances/1.3${path}`, { headers });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

/** Header and body of each part. */
async function partsOf(response: Response): Promise<{ header: string; body: string }[]> {
  const boundary = /boundary=(\w+)/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  const text = (await bytesOf(response)).toString('latin1');
  expect(text.startsWith(`--${boundary}\r\n`) && text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  return text
    .slice(0, -`--${boundary}--\r\n`.length)
    .split(`--${boundary}\r\n`)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      return { header: part.slice(0, end), body: part.slice(end + 4, -2) };
    });
}

function fragment(bytes: Buffer | string): Buffer {
  return Buffer.concat([explicit.item(item, bytes.length), Buffer.from(bytes)]);
}

function encapsulated(...fragments: string[]): Buffer {
  return Buffer.concat([
    explicit.header(0x7fe00010, 'OB', undefinedLength),
    fragment(''),
    ...fragments.map(fragment),
    explicit.item(sequenceDelimitation, 0),
  ]);
}

const octets = { Accept: 'application/octet-stream' };
const text = Array.from({ length: 3000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
const pdf = explicit.element(0x00420011, 'OB', text);
const pdfType = explicit.element(0x00420012, 'LO', 'application/pdf');

describe('one value', () => {
  test.each([{}, { Accept: '*/*' }, { Accept: 'multipart/related; type="application/octet-stream"' }])(
    'is a multipart message of one part for %j',
    async (headers: Record<string, string>) => {
      await holding(explicitVrLittleEndian, pdf, pdfType);
      const response = await ask('/bulkdata/00420011', headers);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(
        /^multipart\/related; type="application\/octet-stream"; boundary=/,
      );
      const parts = await partsOf(response);
      expect(parts).toEqual([{ header: expect.any(String) as string, body: text }]);
      expect(parts[0]?.header.split('\r\n')).toEqual([
        'Content-Type: application/octet-stream',
        'Content-Length: 3000',
        `Content-Location: ${origin}/base/studies/1.1/series/1.2/instances/1.3/bulkdata/00420011`,
      ]);
    },
  );

  test('alone where the client asks for it', async () => {
    await holding(explicitVrLittleEndian, pdf, pdfType);
    const response = await ask('/bulkdata/00420011', octets);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-length')).toBe('3000');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await bytesOf(response)).toString()).toBe(text);
  });

  test('a document as what it is, by header or parameter', async () => {
    await holding(explicitVrLittleEndian, pdf, pdfType);
    for (const response of [
      await ask('/bulkdata/00420011', { Accept: 'application/pdf' }),
      await ask('/bulkdata/00420011?accept=application/pdf', { Accept: '*/*' }),
    ]) {
      expect(response.headers.get('content-type')).toBe('application/pdf');
      expect((await bytesOf(response)).toString()).toBe(text);
    }
    const multipart = await ask('/bulkdata/00420011', {
      Accept: 'multipart/related; type="application/pdf"',
    });
    expect((await partsOf(multipart))[0]?.header).toContain('Content-Type: application/pdf');
  });

  test('a document that says that it is a web page is not sent as one', async () => {
    await holding(explicitVrLittleEndian, pdf, explicit.element(0x00420012, 'LO', 'text/html '));
    const response = await ask('/bulkdata/00420011?accept=text/html');
    expect(response.status).toBe(406);
    expect(await response.text()).toContain('application/octet-stream');
  });

  test('through items of sequences', async () => {
    const waveform = explicit.element(0x54001010, 'OW', text);
    const items = [fragment(explicit.element(0x54000010, 'FD', Buffer.alloc(8))), fragment(waveform)];
    await holding(explicitVrLittleEndian, explicit.element(0x54000100, 'SQ', Buffer.concat(items)));
    expect((await bytesOf(await ask('/bulkdata/54000100/2/54001010', octets))).toString()).toBe(text);
    expect((await ask('/bulkdata/54000100/1/54001010', octets)).status).toBe(404);
  });

  test('of a Big Endian file is Little Endian, in any range', async () => {
    const numbers = Buffer.alloc(300_000, 'abcdefgh');
    await holding(explicitVrBigEndian, explicitBig.element(0x7fe00010, 'OW', numbers));
    const swapped = Buffer.from(numbers).swap16();
    expect((await bytesOf(await ask('/bulkdata/7FE00010', octets))).equals(swapped)).toBe(true);
    for (const [start, end] of [
      [0, 0],
      [1, 2],
      [65_535, 131_073],
      [299_999, 299_999],
    ] as const) {
      const response = await ask('/bulkdata/7FE00010', { ...octets, Range: `bytes=${start}-${end}` });
      expect((await bytesOf(response)).equals(swapped.subarray(start, end + 1))).toBe(true);
    }
  });

  test('of a deflated file is inflated, in any range', async () => {
    const numbers = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) & 0xff));
    const dataSet = explicit.element(0x7fe00010, 'OW', numbers);
    await holding(deflatedExplicitVrLittleEndian, deflateRawSync(Buffer.concat([pdfType, dataSet])));
    expect((await bytesOf(await ask('/bulkdata/7FE00010', octets))).equals(numbers)).toBe(true);
    const response = await ask('/bulkdata/7FE00010', { ...octets, Range: 'bytes=70000-200001' });
    expect(response.headers.get('content-range')).toBe('bytes 70000-200001/300000');
    expect((await bytesOf(response)).equals(numbers.subarray(70_000, 200_002))).toBe(true);
  });

  test('of gigabytes is read at its place', async () => {
    const length = 3 * 1024 ** 3;
    await holding(
      explicitVrLittleEndian,
      explicit.header(0x7fe00010, 'OW', length),
      length - 4,
      Buffer.from('tail'),
    );
    const response = await ask('/bulkdata/7FE00010', { ...octets, Range: 'bytes=-4' });
    expect([response.status, await response.text()]).toEqual([206, 'tail']);
    expect(response.headers.get('content-range')).toBe(`bytes ${length - 4}-${length - 1}/${length}`);
  });
});

describe('ranges and conditions', () => {
  beforeEach(() => holding(explicitVrLittleEndian, pdf, pdfType));

  test('a range beyond the end is refused with the length', async () => {
    const response = await ask('/bulkdata/00420011', { ...octets, Range: 'bytes=3000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */3000');
  });

  test('several ranges are answered with the whole', async () => {
    const response = await ask('/bulkdata/00420011', { ...octets, Range: 'bytes=0-1,4-5' });
    expect([response.status, (await bytesOf(response)).length]).toEqual([200, 3000]);
  });

  test('a range of what has changed is answered with the whole', async () => {
    const tag = (await ask('/bulkdata/00420011', octets)).headers.get('etag') ?? '';
    const range = { ...octets, Range: 'bytes=0-1' };
    expect((await ask('/bulkdata/00420011', { ...range, 'If-Range': tag })).status).toBe(206);
    expect((await ask('/bulkdata/00420011', { ...range, 'If-Range': '"other"' })).status).toBe(200);
  });

  test('what the client has is not sent again', async () => {
    const tag = (await ask('/bulkdata/00420011', octets)).headers.get('etag') ?? '';
    expect((await ask('/bulkdata/00420011', { ...octets, 'If-None-Match': tag })).status).toBe(304);
  });
});

describe('compressed pixel data', () => {
  test('a video is its stream, whole or a range across its fragments', async () => {
    await holding(mpeg4, encapsulated('abcd', 'efgh'));
    const alone = await ask('/bulkdata/7FE00010', { Accept: 'video/mp4' });
    expect([alone.headers.get('content-type'), await alone.text()]).toEqual(['video/mp4', 'abcdefgh']);
    const ranged = await ask('/bulkdata/7FE00010', { Accept: 'video/*', Range: 'bytes=3-5' });
    expect([ranged.status, await ranged.text()]).toEqual([206, 'def']);
    expect((await partsOf(await ask('/bulkdata/7FE00010')))[0]?.body).toBe('abcdefgh');
  });

  test('of frames is sent as stored for transfer-syntax=*, a part for each', async () => {
    const image = [
      explicit.element(0x00280008, 'IS', '2 '),
      explicit.element(0x00280010, 'US', explicit.numbers(2, 1)),
      explicit.element(0x00280011, 'US', explicit.numbers(2, 1)),
      explicit.element(0x00280100, 'US', explicit.numbers(2, 8)),
    ];
    await holding(jpegBaseline, ...image, encapsulated('abcd', 'efgh'));
    const accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
    const parts = await partsOf(await ask('/bulkdata/7FE00010', { Accept: accept }));
    expect(parts.map(({ body }) => body)).toEqual(['abcd', 'efgh']);
    expect(parts[1]?.header).toContain('/frames/2');
    expect(parts[1]?.header).toContain(`transfer-syntax=${jpegBaseline}`);
  });
});

describe('all bulk data', () => {
  test('has a part for each value, with the URI that names it', async () => {
    const waveform = explicit.element(0x54001010, 'OW', text);
    await holding(explicitVrLittleEndian, pdf, explicit.element(0x54000100, 'SQ', fragment(waveform)));
    for (const path of ['', '/../..', '/../../../..']) {
      const url = new URL(`${origin}/base/studies/1.1/series/1.2/instances/1.3${path}`);
      const response = await fetch(`${url.href.replace(/\/$/, '')}/bulkdata`);
      const parts = await partsOf(response);
      expect(parts.map(({ body }) => body)).toEqual([text, text]);
      expect(parts.map(({ header }) => /bulkdata\/(.*)$/.exec(header)?.[1])).toEqual([
        '00420011',
        '54000100/1/54001010',
      ]);
    }
  });

  test('frames are named as such, in their own type', async () => {
    await holding(jpegBaseline, encapsulated('abcd'));
    const [part] = await partsOf(await ask('/bulkdata'));
    expect(part?.body).toBe('abcd');
    expect(part?.header).toContain(`Content-Type: image/jpeg; transfer-syntax=${jpegBaseline}`);
  });

  test('where there is none it is 404', async () => {
    await holding(explicitVrLittleEndian, pdfType);
    expect((await ask('/bulkdata')).status).toBe(404);
  });

  test('is multipart only', async () => {
    await holding(explicitVrLittleEndian, pdf);
    expect((await ask('/bulkdata', octets)).status).toBe(406);
  });
});

describe('what cannot be sent', () => {
  test('an unknown path is 404 that names it', async () => {
    await holding(explicitVrLittleEndian, pdf);
    const response = await ask('/bulkdata/00420099');
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('00420099')]);
  });

  test.each(['x', '0042', '00420011/', '00420011/0/00420011', '00420011/1', '00420011/..%2F..%2Fetc', '%00'])(
    'the path %s is 400',
    async (path) => {
      await holding(explicitVrLittleEndian, pdf);
      expect((await ask(`/bulkdata/${path}`)).status).toBe(400);
    },
  );

  test('a type that it is not is 406 that names what there is', async () => {
    await holding(explicitVrLittleEndian, pdf, pdfType);
    const response = await ask('/bulkdata/00420011', { Accept: 'image/png' });
    expect(response.status).toBe(406);
    expect(await response.text()).toContain('application/pdf');
  });

  test('a damaged file is dropped, and the archive asked again', async () => {
    await holding(explicitVrLittleEndian, pdf, pdfType);
    await (await ask('/bulkdata/00420011')).arrayBuffer();
    truncateSync(instance.path, 1000);
    const response = await ask('/bulkdata/00420011', octets);
    expect(dropped).toEqual(['1.3']);
    expect(response.status).toBe(502);
    expect(response.headers.get('etag')).toBeNull();
  });

  test.each(['HEAD', 'POST'])('%s is refused', async (method) => {
    await holding(explicitVrLittleEndian, pdf);
    const url = `${origin}/base/studies/1.1/series/1.2/instances/1.3/bulkdata/00420011`;
    expect((await fetch(url, { method })).status).toBe(405);
  });
});
