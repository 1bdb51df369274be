import { existsSync, mkdtempSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Metadata, type MetadataOptions, UnreadableInstanceError } from '../../../broker/cache/metadata.ts';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { fileMetaHeader } from '../../../broker/dicom/file-meta.ts';
import { implicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { explicit, implicit, item, undefinedLength } from '../dicom/written-elements.ts';
import { type TestLogger, dataSetOf, nameOf, testLogger, writeInstance } from './cached-files.ts';

const forever = new AbortController().signal;
const service = 'http://broker.test/wado';
let directory: string;
let logger: TestLogger;
let metadata: Metadata;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'metadata-test-'));
  logger = testLogger();
  metadata = open();
});
afterEach(async () => {
  await metadata.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(options: Partial<MetadataOptions> = {}): Metadata {
  return new Metadata({ directory, logger, ...options });
}

async function reopened(between: () => void = () => undefined): Promise<void> {
  await metadata.close();
  between();
  metadata = open();
}

/** Instances of one series whose data sets end with these elements. */
function instances(count: number, ...elements: Buffer[]): StoredInstance[] {
  return Array.from({ length: count }, (_, index) => withElements(index + 1, ...elements));
}

function withElements(number: number, ...elements: Buffer[]): StoredInstance {
  const stored = writeInstance(directory, nameOf(1, 1, number), 4);
  const head = dataSetOf(stored, Buffer.alloc(4)).subarray(0, -16);
  return rewritten(stored, stored.transferSyntaxUid, head, ...elements);
}

function rewritten(stored: StoredInstance, transferSyntaxUid: string, ...dataSet: Buffer[]): StoredInstance {
  const meta = fileMetaHeader({ sopClassUid: '1.2', sopInstanceUid: stored.instance, transferSyntaxUid });
  const file = Buffer.concat([meta, ...dataSet]);
  writeFileSync(stored.path, file);
  return { ...stored, transferSyntaxUid, size: file.length, dataSetOffset: meta.length, crc32: crc32(file) };
}

async function textsOf(wanted: readonly StoredInstance[], signal = forever): Promise<string[]> {
  const texts: string[] = [];
  for await (const { bytes, ends } of metadata.texts(wanted, { service, signal })) {
    let start = 0;
    for (const end of ends) {
      texts.push(Buffer.from(bytes.subarray(start, end)).toString());
      start = end + 2;
    }
  }
  return texts;
}

async function read(wanted: readonly StoredInstance[]): Promise<DicomJson[]> {
  return (await textsOf(wanted)).map((text) => JSON.parse(text) as DicomJson);
}

const comment = (text: string): Buffer => explicit.element(0x00204000, 'LT', text);
const pixels = explicit.element(0x7fe00010, 'OW', Buffer.alloc(4));

describe('texts', () => {
  test('say what the files say, in the order that is asked for', async () => {
    const wanted = instances(5, comment('Näme'.normalize()), pixels).reverse();
    const told = await read(wanted);
    expect(told.map((one) => one['00080018']?.Value)).toEqual(wanted.map(({ instance }) => [instance]));
    expect(told[0]?.['7FE00010']).toEqual({
      vr: 'OW',
      BulkDataURI: `${service}/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.5/bulkdata/7FE00010`,
    });
  });

  test('come in batches of bounded size, also when there are thousands', async () => {
    const [one] = instances(1, comment('x'.repeat(10_000)));
    const wanted = Array.from({ length: 1000 }, () => one!);
    const sizes: number[] = [];
    let count = 0;
    for await (const { bytes, ends } of metadata.texts(wanted, { service, signal: forever })) {
      sizes.push(bytes.length);
      count += ends.length;
    }
    expect(count).toBe(1000);
    expect(Math.max(...sizes)).toBeLessThan(600 * 1024);
    expect(sizes.length).toBeLessThan(40);
  });

  test('no value of a data set can pass for a URI of ours', async () => {
    const lure = '"BulkDataURI":"@/bulkdata/ \\"BulkDataURI":"@/bulkdata/';
    const [told] = await read(instances(1, comment(lure)));
    expect(told?.['00204000']).toEqual({ vr: 'LT', Value: [lure] });
  });

  test('end on the signal', async () => {
    const abort = new AbortController();
    const wanted = instances(3);
    const texts = metadata.texts(wanted, { service, signal: abort.signal });
    abort.abort();
    await expect(texts.next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(await textsOf(wanted)).toHaveLength(3);
  });

  test('those before a damaged file are given, then it is named', async () => {
    const wanted = instances(3);
    truncateSync(wanted[1]!.path, 200);
    const texts = metadata.texts(wanted, { service, signal: forever });
    expect((await texts.next()).value).toMatchObject({ ends: [expect.any(Number)] });
    await expect(texts.next()).rejects.toMatchObject({
      code: 'cache-damaged',
      instance: { instance: wanted[1]!.instance },
    });
    await expect(textsOf([wanted[1]!])).rejects.toBeInstanceOf(UnreadableInstanceError);
  });
});

describe('what is kept', () => {
  test('needs no file any more, also after a restart', async () => {
    const wanted = instances(3, pixels);
    const told = await textsOf(wanted);
    const places = await metadata.describe(wanted[0]!, forever);
    for (const { path } of wanted) unlinkSync(path);
    expect(await textsOf(wanted)).toEqual(told);
    await reopened();
    expect(await textsOf(wanted)).toEqual(told);
    expect(await metadata.describe(wanted[0]!, forever)).toEqual(places);
  });

  test('is made soon after an instance has arrived', async () => {
    const wanted = instances(30);
    const isMade = async (): Promise<boolean> => {
      for (const one of wanted) metadata.prepare(one);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await reopened();
      const database = new DatabaseSync(join(directory, 'metadata.sqlite'), { readOnly: true });
      const count = database.prepare('SELECT count(*) AS rows FROM metadata').get()?.['rows'];
      database.close();
      return count === 30;
    };
    await expect.poll(isMade, { timeout: 25_000, interval: 100 }).toBe(true);
  });

  test('is made anew for another version of a file', async () => {
    const before = withElements(1, comment('before'));
    await textsOf([before]);
    const after = withElements(1, comment('after'));
    expect((await read([after]))[0]?.['00204000']?.Value).toEqual(['after']);
  });

  test.each([
    ['deleted', () => rmSync(join(directory, 'metadata.sqlite'))],
    ['garbage', () => writeFileSync(join(directory, 'metadata.sqlite'), 'x'.repeat(20_000))],
    [
      'of another version',
      () => {
        const database = new DatabaseSync(join(directory, 'metadata.sqlite'));
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
    ],
    [
      'of another program',
      () => {
        rmSync(join(directory, 'metadata.sqlite'));
        const database = new DatabaseSync(join(directory, 'metadata.sqlite'));
        database.exec('CREATE TABLE other (a); PRAGMA user_version = 1');
        database.close();
      },
    ],
  ])('a database that is %s is made anew', async (_, harm) => {
    const wanted = instances(3, comment('x'));
    const told = await textsOf(wanted);
    await reopened(harm);
    expect(await textsOf(wanted)).toEqual(told);
    await reopened();
    for (const { path } of wanted) unlinkSync(path);
    expect(await textsOf(wanted)).toEqual(told);
  });

  test('where nothing can be kept, it is made each time', async () => {
    await metadata.close();
    metadata = new Metadata({ directory: join(directory, 'nowhere', 'at', 'all'), logger });
    const wanted = instances(3, comment('x'));
    expect(await textsOf(wanted)).toHaveLength(3);
    expect(logger.entries.some(({ message }) => message.includes('no metadata database'))).toBe(true);
  });

  test('of a study that left is gone, that of others stays', async () => {
    const [one, two] = [1, 2].map((study) => writeInstance(directory, nameOf(study, 1, 1)));
    await textsOf([one!, two!]);
    for (const { path } of [one!, two!]) unlinkSync(path);
    metadata.removeStudy('default', one!.study);
    await expect(textsOf([one!])).rejects.toMatchObject({ code: 'cache-damaged' });
    expect(await textsOf([two!])).toHaveLength(1);
  });

  test('of studies that are not in the cache is removed', async () => {
    const wanted = Array.from({ length: 300 }, (_, study) => writeInstance(directory, nameOf(study, 1, 1)));
    await textsOf(wanted);
    const kept = new Set(wanted.filter((_, index) => index % 7 === 0).map(({ study }) => study as string));
    await metadata.removeOthers((_, study) => kept.has(study));
    for (const { path } of wanted) unlinkSync(path);
    for (const one of wanted.slice(0, 20)) {
      if (kept.has(one.study)) expect(await textsOf([one])).toHaveLength(1);
      else await expect(textsOf([one])).rejects.toMatchObject({ code: 'cache-damaged' });
    }
  });
});

describe('places', () => {
  test('tell where pixel data is and what it is like', async () => {
    const [wanted] = instances(
      1,
      explicit.element(0x00280010, 'US', explicit.numbers(2, 1)),
      explicit.element(0x00280011, 'US', explicit.numbers(2, 2)),
      explicit.element(0x00280100, 'US', explicit.numbers(2, 16)),
      pixels,
    );
    expect(await metadata.describe(wanted!, forever)).toMatchObject({
      pixels: { rows: 1, columns: 2, bitsAllocated: 16 },
      pixelData: { kind: 'native', vr: 'OW', offset: wanted!.size - 4, length: 4 },
      deflated: false,
      problems: [],
    });
  });

  test('an image that cannot be as it is described has no pixel description, but its metadata', async () => {
    const [wanted] = instances(
      1,
      explicit.element(0x00280010, 'US', explicit.numbers(2, 0)),
      explicit.element(0x00280011, 'US', explicit.numbers(2, 0)),
      pixels,
    );
    const places = await metadata.describe(wanted!, forever);
    expect(places.pixels).toBeUndefined();
    expect(places.pixelData).toBeDefined();
    expect(places.problems).toHaveLength(1);
    expect((await read([wanted!]))[0]?.['00280010']?.Value).toEqual([0]);
  });

  test('of an instance that is asked for again and again are asked for once', async () => {
    const [wanted] = instances(1, pixels);
    const all = await Promise.all(Array.from({ length: 50 }, () => metadata.describe(wanted!, forever)));
    expect(new Set(all).size).toBe(1);
  });

  test('that could not be had are asked for again', async () => {
    const wanted = withElements(1, pixels);
    unlinkSync(wanted.path);
    await expect(metadata.describe(wanted, forever)).rejects.toMatchObject({ code: 'cache-damaged' });
    const again = withElements(1, pixels);
    expect((await metadata.describe(again, forever)).pixelData).toBeDefined();
  });
});

describe('a hostile file', () => {
  const deep = Buffer.concat(
    Array.from({ length: 70 }, () =>
      Buffer.concat([
        explicit.header(0x00081140, 'SQ', undefinedLength),
        explicit.item(item, undefinedLength),
      ]),
    ),
  );

  test('that cannot be described is told by its UIDs', async () => {
    const [before, hostile, after] = [withElements(1, comment('a')), withElements(2, deep), withElements(3)];
    const told = await read([before, hostile, after]);
    expect(told).toHaveLength(3);
    expect(Object.keys(told[1]!)).toEqual(['00080016', '00080018', '0020000D', '0020000E']);
    expect(told[1]?.['00080018']?.Value).toEqual([hostile.instance]);
    expect((await metadata.describe(hostile, forever)).problems[0]).toContain('64 deep');
  });

  test('that takes all memory of the thread is told by its UIDs, and costs others nothing', async () => {
    await metadata.close();
    let started = 0;
    metadata = open({
      startWorker: (workerData) => {
        started += 1;
        const body = new URL('../../../broker/cache/metadata-worker.ts', import.meta.url);
        return new Worker(body, {
          execArgv: [],
          workerData,
          resourceLimits: { maxOldGenerationSizeMb: 64 },
          stderr: true,
        });
      },
    });
    const element = implicit.element(0x00091010, 'SH', 'ab');
    const many = Buffer.alloc(element.length * 1_500_000, element);
    // Each tag its own, or they would take each other's place.
    for (let at = 0, tag = 0; at < many.length; at += element.length, tag++) {
      many.writeUInt16LE(0x0009 + 2 * (tag >>> 15), at);
      many.writeUInt16LE(tag & 0x7fff, at + 2);
    }
    const hostile = rewritten(withElements(2), implicitVrLittleEndian, many);
    const others = [withElements(1, comment('a')), withElements(3, comment('b'))];
    const [told, places, rest] = await Promise.all([
      read([others[0]!, hostile, others[1]!]),
      metadata.describe(others[1]!, forever),
      read(others),
    ]);
    expect(told.map((one) => one['00204000']?.Value?.[0])).toEqual(['a', undefined, 'b']);
    expect(told[1]?.['00080018']?.Value).toEqual([hostile.instance]);
    expect(places.problems).toEqual([]);
    expect(rest).toHaveLength(2);
    expect(started).toBe(2);
    // It is known from now on.
    expect(await read([hostile])).toHaveLength(1);
    expect(started).toBe(2);
  });

  test('that takes too long is given up', async () => {
    await metadata.close();
    let started = 0;
    metadata = open({
      timeoutMs: 300,
      startWorker: (workerData) => {
        started += 1;
        const stuck = `
          const { parentPort, workerData } = require('node:worker_threads');
          parentPort.on('message', ({ id, instances }) => {
            workerData.current[0] = id;
            while (instances[10] !== 1);
            workerData.current[0] = 0;
            parentPort.postMessage({ id, places: Buffer.from('{"bulk":[],"deflated":false,"problems":["given up"]}') });
          });`;
        return new Worker(stuck, { eval: true, workerData });
      },
    });
    const places = await metadata.describe(withElements(1), forever);
    expect(places.problems).toEqual(['given up']);
    expect(started).toBe(2);
  });

  test('a thread that never works fails the question and nothing else', async () => {
    await metadata.close();
    metadata = open({
      startWorker: () => new Worker('throw new Error("broken")', { eval: true, stderr: true }),
    });
    await expect(metadata.describe(withElements(1), forever)).rejects.toMatchObject({ code: 'internal' });
  });
});

test('nothing is answered after it was closed, and the database is whole', async () => {
  const wanted = instances(2);
  const asked = textsOf(wanted);
  const closed = metadata.close();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  await closed;
  await expect(textsOf(wanted)).rejects.toMatchObject({ code: 'cancelled' });
  expect(existsSync(join(directory, 'metadata.sqlite'))).toBe(true);
});
