import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { Worker as Thread } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InstanceReaderOptions } from '../../../broker/cache/instance-reader.ts';
import { InstanceReader } from '../../../broker/cache/instance-reader.ts';
import type { FilePart, Part } from '../../../broker/cache/part.ts';
import { DamagedFileError } from '../../../broker/cache/part.ts';
import { testLogger } from './cached-files.ts';

const bufferLength = 64 * 1024;
const forever = new AbortController().signal;
let directory: string;
let reader: InstanceReader;
let fileCount = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reader-test-'));
  reader = readerWith({});
});
afterEach(async () => {
  await reader.close();
  rmSync(directory, { recursive: true, force: true });
});

function readerWith(options: Partial<InstanceReaderOptions>): InstanceReader {
  return new InstanceReader({ logger: testLogger(), bufferLength, ...options });
}

/** Bytes that differ from place to place and from seed to seed. */
function contentOf(length: number, seed: number): Buffer {
  const content = Buffer.alloc(length);
  for (let i = 0; i < length; i++) content[i] = (i * 31 + (i >> 8) * 7 + seed * 101) & 0xff;
  return content;
}

function fileOf(content: Buffer): FilePart {
  const path = join(directory, `${++fileCount}.dcm`);
  writeFileSync(path, content);
  return { path, offset: 0, length: content.length, crc32: crc32(content) };
}

function fileOfLength(length: number, seed = 1): FilePart {
  return fileOf(contentOf(length, seed));
}

interface Outcome {
  readonly bytes: Buffer;
  readonly chunks: number[];
  readonly error: unknown;
}

async function readAll(parts: Iterable<Part> | AsyncIterable<Part>, signal = forever): Promise<Outcome> {
  const chunks: Buffer[] = [];
  let error: unknown;
  try {
    for await (const chunk of reader.read(parts, signal)) chunks.push(Buffer.from(chunk));
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(chunks), chunks: chunks.map(({ length }) => length), error };
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd')
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path.startsWith(directory));
}

describe('what is read', () => {
  test('is the parts, whatever their sizes and order are', async () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 3 * bufferLength }));
    const anyPart = fc.record({ length, isFile: fc.boolean(), isRange: fc.boolean(), hasCrc: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(anyPart, { maxLength: 12 }), fc.boolean(), async (shapes, isAsync) => {
        const expected: Buffer[] = [];
        const parts = shapes.map(({ length, isFile, isRange, hasCrc }, seed): Part => {
          const content = contentOf(length, seed);
          if (!isFile) expected.push(content);
          if (!isFile) return { bytes: content };
          const { path, crc32 } = fileOf(content);
          const offset = isRange ? Math.floor(length / 3) : 0;
          const part = { path, offset, length: isRange ? Math.floor(length / 2) : length, fileSize: length };
          expected.push(content.subarray(offset, offset + part.length));
          return hasCrc && !isRange ? { ...part, crc32: crc32! } : part;
        });
        const { bytes, chunks, error } = await readAll(isAsync ? slowly(parts) : parts);
        expect(error).toBeUndefined();
        expect(bytes.equals(Buffer.concat(expected))).toBe(true);
        expect(chunks.every((chunk) => chunk > 0 && chunk <= bufferLength)).toBe(true);
        expect(reader.buffersInUse).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('comes in few chunks where the files are small and there', async () => {
    const { chunks } = await readAll(Array.from({ length: 300 }, () => fileOfLength(1000)));
    expect(chunks.length).toBeLessThanOrEqual(6);
    expect(chunks.reduce((sum, chunk) => sum + chunk, 0)).toBe(300_000);
  });

  test('of no parts is nothing', async () => {
    expect(await readAll([])).toEqual({ bytes: Buffer.alloc(0), chunks: [], error: undefined });
  });

  test('stays as it is until the next chunk is asked for', async () => {
    const parts = Array.from({ length: 40 }, (_, seed) => fileOfLength(30_000, seed));
    const bytes: Buffer[] = [];
    for await (const chunk of reader.read(parts, forever)) {
      await sleep(5);
      bytes.push(Buffer.from(chunk));
    }
    expect(crc32(Buffer.concat(bytes))).toBe(
      crc32(Buffer.concat(parts.map((_, seed) => contentOf(30_000, seed)))),
    );
  });
});

describe('a source that is not ready', () => {
  test('does not hold up what there is', async () => {
    const gate = Promise.withResolvers<undefined>();
    async function* source(): AsyncGenerator<Part> {
      yield { bytes: Buffer.from('header') };
      yield fileOf(Buffer.from('one'));
      await gate.promise;
      yield fileOf(Buffer.from('two'));
    }
    const chunks = reader.read(source(), forever);
    expect(String((await chunks.next()).value)).toBe('headerone');
    const next = chunks.next();
    await sleep(20);
    expect(reader.buffersInUse).toBe(0);
    gate.resolve(undefined);
    expect(String((await next).value)).toBe('two');
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  test('that fails is told after what came before it', async () => {
    async function* source(): AsyncGenerator<Part> {
      yield { bytes: Buffer.from('before') };
      await sleep(1);
      throw new Error('no more');
    }
    const { bytes, error } = await readAll(source());
    expect(String(bytes)).toBe('before');
    expect(error).toMatchObject({ code: 'internal', message: 'no more' });
  });

  test('is closed when the consumer leaves, and asked for no more than is needed', async () => {
    let given = 0;
    let closed = false;
    function* source(): Generator<Part> {
      try {
        for (;;) {
          given += 1;
          yield { bytes: Buffer.alloc(1000) };
        }
      } finally {
        closed = true;
      }
    }
    for await (const chunk of reader.read(source(), forever)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => {
      expect(closed).toBe(true);
    });
    expect(given).toBeLessThan(1000);
    expect(reader.buffersInUse).toBe(0);
  });
});

describe('a file that is not as it was received', () => {
  const damages: [string, (path: string, content: Buffer) => void, RegExp][] = [
    [
      'missing',
      (path) => {
        rmSync(path);
      },
      /it is not there/,
    ],
    [
      'shorter',
      (path, content) => {
        truncateSync(path, content.length - 1);
      },
      /instead of/,
    ],
    [
      'longer',
      (path, content) => {
        writeFileSync(path, Buffer.concat([content, content]));
      },
      /instead of/,
    ],
    [
      'changed',
      (path, content) => {
        writeFileSync(path, content.fill(7, 100, 101));
      },
      /CRC-32/,
    ],
    [
      'a directory',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      /bytes instead of|EISDIR/,
    ],
  ];

  test.each(damages)('because it is %s is told before any of it is given', async (_, damage, reason) => {
    const parts: Part[] = [
      { bytes: Buffer.from('first header') },
      fileOfLength(5000),
      { bytes: Buffer.from('second header') },
      fileOfLength(20_000),
      { bytes: Buffer.from('third header') },
      fileOfLength(100),
    ];
    const bad = parts[3] as FilePart;
    damage(bad.path, contentOf(20_000, 1));
    const { bytes, error } = await readAll(parts);
    expect(bytes.length).toBe(12 + 5000 + 13);
    expect(error).toBeInstanceOf(DamagedFileError);
    expect(error).toMatchObject({
      code: 'cache-damaged',
      path: bad.path,
      part: bad,
      partIndex: 3,
      bytesOfPart: 0,
    });
    expect(String(error)).toMatch(reason);
    expect(openFiles()).toEqual([]);
    expect(reader.buffersInUse).toBe(0);
  });

  test('is given in no part where it would have to share its buffer', async () => {
    const parts = [1, 2, 3, 4].map((seed) => fileOfLength(40_000, seed));
    writeFileSync(parts[1]!.path, contentOf(40_000, 9));
    const { bytes, error } = await readAll(parts);
    expect(bytes.equals(contentOf(40_000, 1))).toBe(true);
    expect(error).toMatchObject({ partIndex: 1, bytesOfPart: 0 });
  });

  test('is found again after it was right once', async () => {
    const part = fileOfLength(10_000);
    expect((await readAll([part])).error).toBeUndefined();
    await sleep(20);
    writeFileSync(part.path, contentOf(10_000, 2));
    const { bytes, error } = await readAll([part]);
    expect(bytes.length).toBe(0);
    expect(error).toBeInstanceOf(DamagedFileError);
  });

  test('and larger than a buffer is told at its end', async () => {
    const part = fileOfLength(5 * bufferLength + 17);
    writeFileSync(part.path, contentOf(part.length, 2));
    const { bytes, error } = await readAll([{ bytes: Buffer.from('header') }, part]);
    expect(bytes.length).toBeLessThan(6 + part.length);
    expect(error).toMatchObject({ code: 'cache-damaged', partIndex: 1, bytesOfPart: bytes.length - 6 });
    expect(openFiles()).toEqual([]);
  });

  test('does not keep others from being read', async () => {
    const missing = { ...fileOfLength(10), path: join(directory, 'missing') };
    const good = Array.from({ length: 20 }, () => fileOfLength(20_000));
    const outcomes = await Promise.all([
      readAll([...good, missing]),
      readAll(good),
      readAll([missing]),
      readAll(good),
    ]);
    expect(outcomes.map(({ bytes }) => bytes.length)).toEqual([400_000, 400_000, 0, 400_000]);
    expect(outcomes.map(({ error }) => error === undefined)).toEqual([false, true, false, true]);
  });

  test('a range that cannot be checked is refused', async () => {
    const part = { ...fileOfLength(100), offset: 10, length: 90 };
    expect((await readAll([part])).error).toMatchObject({ code: 'internal' });
    expect(reader.buffersInUse).toBe(0);
  });
});

describe('leaving early', () => {
  test('the signal ends a read that waits for its source', async () => {
    const abort = new AbortController();
    async function* source(): AsyncGenerator<Part> {
      yield { bytes: Buffer.from('x') };
      await new Promise(() => undefined);
    }
    setTimeout(() => {
      abort.abort();
    }, 30);
    const { bytes, error } = await readAll(source(), abort.signal);
    expect(String(bytes)).toBe('x');
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(reader.buffersInUse).toBe(0);
  });

  test('a signal that has fired before gives nothing', async () => {
    const { bytes, error } = await readAll([fileOfLength(10)], AbortSignal.abort());
    expect(bytes.length).toBe(0);
    expect(error).toMatchObject({ code: 'cancelled' });
  });

  test.each(['break', 'abort'])('in the middle of a large file closes it (%s)', async (how) => {
    const abort = new AbortController();
    const part = fileOfLength(20 * bufferLength);
    const read = (async () => {
      for await (const chunk of reader.read([part], abort.signal)) {
        expect(chunk.length).toBeGreaterThan(0);
        await vi.waitFor(() => {
          expect(openFiles()).toEqual([part.path]);
        });
        if (how === 'break') break;
        abort.abort();
      }
    })();
    await read.catch((thrown: unknown) => {
      expect(thrown).toMatchObject({ code: 'cancelled' });
    });
    await vi.waitFor(() => {
      expect(openFiles()).toEqual([]);
    });
    await vi.waitFor(() => {
      expect(reader.buffersInUse).toBe(0);
    });
  });

  test('leaves no chunk of one reader to be overwritten for another', async () => {
    const chunks = reader.read([fileOfLength(30_000, 1), fileOfLength(60_000, 1)], forever);
    const kept = (await chunks.next()).value!;
    await chunks.return();
    const before = crc32(kept);
    for (let i = 0; i < 5; i++) await readAll([fileOfLength(60_000, 9), fileOfLength(60_000, 8)]);
    expect(crc32(kept)).toBe(before);
  });
});

describe('buffers', () => {
  test('are never more than allowed, and everybody gets one in turn', async () => {
    await reader.close();
    reader = readerWith({ maxBuffers: 3 });
    const parts = Array.from({ length: 10 }, (_, seed) => fileOfLength(50_000, seed));
    let most = 0;
    const readOne = async (): Promise<number> => {
      let sum = 0;
      for await (const chunk of reader.read(parts, forever)) {
        most = Math.max(most, reader.buffersInUse);
        await sleep(1);
        sum += chunk.length;
      }
      return sum;
    };
    const sums = await Promise.all(Array.from({ length: 12 }, readOne));
    expect(sums).toEqual(Array.from({ length: 12 }, () => 500_000));
    expect(most).toBe(3);
    expect(reader.buffersInUse).toBe(0);
  });

  test('that do not become free in time end the read', async () => {
    await reader.close();
    reader = readerWith({ maxBuffers: 1, waitTimeoutMs: 30 });
    const stalled = reader.read([fileOfLength(10)], forever);
    await stalled.next();
    expect((await readAll([fileOfLength(10)])).error).toMatchObject({ code: 'busy' });
    const abort = new AbortController();
    const waiting = readAll([fileOfLength(10)], abort.signal);
    abort.abort();
    expect((await waiting).error).toMatchObject({ code: 'cancelled' });
    await stalled.next();
    expect((await readAll([fileOfLength(10)])).bytes.length).toBe(10);
  });
});

describe('the thread', () => {
  test('is started anew after a crash, and what was being read fails', async () => {
    await reader.close();
    const threads: Worker[] = [];
    const body = new URL('../../../broker/cache/reader-worker.ts', import.meta.url);
    reader = readerWith({
      startWorker: () => {
        threads.push(new Thread(body, { execArgv: [] }));
        return threads.at(-1)!;
      },
    });
    const part = fileOfLength(10 * bufferLength);
    const chunks = reader.read([part], forever);
    await chunks.next();
    await threads[0]!.terminate();
    await expect(
      (async () => {
        while ((await chunks.next()).done !== true);
      })(),
    ).rejects.toMatchObject({
      code: 'internal',
    });
    expect((await readAll([part])).bytes.equals(contentOf(part.length, 1))).toBe(true);
    expect(threads).toHaveLength(2);
    expect(reader.buffersInUse).toBe(0);
  });

  test('that crashes while it reads fails that read at once', async () => {
    await reader.close();
    reader = readerWith({
      startWorker: () =>
        new Thread(
          `require('node:worker_threads').parentPort.on('message', () => { throw new Error('broken') })`,
          {
            eval: true,
          },
        ),
    });
    expect((await readAll([fileOfLength(10)])).error).toMatchObject({ code: 'internal' });
    expect((await readAll([fileOfLength(10)])).error).toMatchObject({ code: 'internal' });
    expect(reader.buffersInUse).toBe(0);
  });

  test('ends with the reader', async () => {
    await reader.close();
    expect((await readAll([fileOfLength(10)])).error).toMatchObject({ code: 'cancelled' });
  });
});

test('is sent over HTTP as it is, to several clients at once', async () => {
  const parts: Part[] = Array.from({ length: 60 }, (_, seed): Part[] => [
    { bytes: Buffer.from(`header ${seed}\r\n`) },
    fileOfLength(seed % 7 === 0 ? 200_000 : 9000, seed),
  ]).flat();
  const expected = await readAll(parts);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': expected.bytes.length });
    const send = async (): Promise<void> => {
      for await (const chunk of reader.read(parts, forever)) {
        await new Promise<void>((resolve, reject) => {
          response.write(chunk, (error) => {
            if (error) reject(error);
            else resolve();
          });
        });
      }
      response.end();
    };
    send().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const bodies = await Promise.all(
    Array.from({ length: 8 }, async () => (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer()),
  );
  await new Promise((resolve) => server.close(resolve));
  for (const body of bodies) expect(Buffer.from(body).equals(expected.bytes)).toBe(true);
});

async function* slowly(parts: readonly Part[]): AsyncGenerator<Part> {
  for (const [index, part] of parts.entries()) {
    if (index % 3 === 0) await new Promise(setImmediate);
    yield part;
  }
}
