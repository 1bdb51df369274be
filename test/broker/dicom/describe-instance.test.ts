import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInstance } from '../../../broker/dicom/describe-instance.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../../../broker/domain/transfer-syntax.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { bytesAt, described, writeInstance } from './described-file.ts';
import {
  explicit,
  explicitBig,
  implicit,
  item,
  sequenceDelimitation,
  undefinedLength,
} from './written-elements.ts';

const jpegBaseline = '1.2.840.10008.1.2.4.50';
const mpeg4 = '1.2.840.10008.1.2.4.102';
const name = explicit.element(0x00100010, 'PN', 'Doe^Jane');
const behind = explicit.element(0xfffcfffc, 'OB', Buffer.alloc(2));

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  directory = await temporaryDirectory('describe');
});
afterAll(() => directory[Symbol.asyncDispose]());

function describing(transferSyntaxUid: string, ...dataSet: (Buffer | number)[]) {
  return described(directory.path, { transferSyntaxUid, dataSet });
}

function fragment(bytes: Buffer): Buffer {
  return Buffer.concat([explicit.item(item, bytes.length), bytes]);
}

function encapsulated(...items: Buffer[]): Buffer {
  return Buffer.concat([
    explicit.header(0x7fe00010, 'OB', undefinedLength),
    ...items.map(fragment),
    explicit.item(sequenceDelimitation, 0),
  ]);
}

/** Bytes that this process has read from files so far. */
async function bytesRead(): Promise<number> {
  return Number(/rchar: (\d+)/.exec(await readFile('/proc/self/io', 'latin1'))?.[1]);
}

describe('native pixel data', () => {
  test('is told by its place, in the VR that it is stored in', async () => {
    const pixels = Buffer.from('0102030405060708', 'hex');
    const told = await describing(explicitVrLittleEndian, name, explicit.element(0x7fe00010, 'OW', pixels));
    expect(told).toMatchObject({
      problems: [],
      deflated: false,
      dataSet: { '7FE00010': { vr: 'OW', BulkDataURI: '@/bulkdata/7FE00010' } },
      pixelData: { kind: 'native', vr: 'OW', length: 8 },
      bulk: [{ path: '7FE00010', vr: 'OW', length: 8, bigEndian: false }],
    });
    expect(await bytesAt(told.file, told.bulk[0]!)).toEqual(pixels);
  });

  test.each([
    [implicitVrLittleEndian, implicit, false],
    [explicitVrBigEndian, explicitBig, true],
  ])('in %s', async (syntax, writer, bigEndian) => {
    const pixels = Buffer.from('0102030405060708', 'hex');
    const told = await describing(
      syntax,
      writer.element(0x00100010, 'PN', 'Doe^Jane'),
      writer.element(0x7fe00010, 'OW', pixels),
    );
    expect(told).toMatchObject({ dataSet: { '00100010': {} }, bulk: [{ vr: 'OW', bigEndian }] });
    expect(await bytesAt(told.file, told.bulk[0]!)).toEqual(pixels);
  });

  test('of almost 4 GiB is not read', async () => {
    const length = 0xfffffff0;
    const before = await bytesRead();
    const told = await describing(
      explicitVrLittleEndian,
      name,
      explicit.header(0x7fe00010, 'OW', length),
      length,
      behind,
    );
    expect(told.pixelData).toMatchObject({ kind: 'native', length });
    expect(told.dataSet['FFFCFFFC']).toEqual({ vr: 'OB', InlineBinary: 'AAA=' });
    expect((await bytesRead()) - before).toBeLessThan(64 * 1024);
  });

  test('that is cut off is told as far as it goes', async () => {
    const told = await describing(
      explicitVrLittleEndian,
      name,
      explicit.element(0x7fe00010, 'OW', Buffer.alloc(6), 100),
    );
    expect(told.pixelData).toMatchObject({ kind: 'native', length: 6 });
    expect(told.problems).toEqual(['PixelData (7FE00010) announces 100 bytes, but only 6 follow.']);
  });

  test('of a deflated data set has its place in the inflated one', async () => {
    const dataSet = Buffer.concat([name, explicit.element(0x7fe00010, 'OW', Buffer.from('abcd'))]);
    const told = await describing(deflatedExplicitVrLittleEndian, deflateRawSync(dataSet));
    expect(told.deflated).toBe(true);
    expect(told.pixelData).toEqual({ kind: 'native', vr: 'OW', offset: dataSet.length - 4, length: 4 });
  });
});

describe('encapsulated pixel data', () => {
  test('is told by its fragments and its Basic Offset Table', async () => {
    const table = explicit.numbers(4, 0, 12);
    const told = await describing(
      jpegBaseline,
      name,
      encapsulated(table, Buffer.from('abcd'), Buffer.from('efghij')),
      behind,
    );
    if (told.pixelData?.kind !== 'encapsulated') throw new Error('It is not encapsulated.');
    const { fragments, basicOffsetTable, extendedOffsetTable } = told.pixelData;
    expect([basicOffsetTable, extendedOffsetTable]).toEqual([[0, 12], []]);
    const contents = await Promise.all(fragments.map((place) => bytesAt(told.file, place)));
    expect(contents.map(String)).toEqual(['abcd', 'efghij']);
    expect(told.dataSet['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: '@/bulkdata/7FE00010' });
    expect(told.dataSet['FFFCFFFC']).toBeDefined();
    expect(told.problems).toEqual([]);
  });

  test.each([2, 1000])('has an Extended Offset Table of %d frames', async (frames) => {
    const table = Buffer.alloc(8 * frames);
    for (let frame = 0; frame < frames; frame++) table.writeBigUInt64LE(BigInt(frame) * 2n ** 33n, frame * 8);
    const told = await describing(
      jpegBaseline,
      explicit.element(0x7fe00001, 'OV', table),
      encapsulated(Buffer.alloc(0)),
    );
    expect(told.pixelData).toMatchObject({
      fragments: [],
      basicOffsetTable: [],
      extendedOffsetTable: Array.from({ length: frames }, (_, frame) => frame * 2 ** 33),
    });
  });

  test('an Extended Offset Table that points nowhere is a problem', async () => {
    const table = Buffer.alloc(16, 0xff);
    const told = await describing(
      jpegBaseline,
      explicit.element(0x7fe00001, 'OV', table),
      encapsulated(Buffer.alloc(0)),
    );
    expect(told.pixelData).toMatchObject({ extendedOffsetTable: [] });
    expect(told.problems).toHaveLength(1);
  });

  test('of 6 GiB, a video in two fragments, is not read', async () => {
    const length = 3 * 1024 ** 3;
    const before = await bytesRead();
    const told = await describing(
      mpeg4,
      name,
      explicit.header(0x7fe00010, 'OB', undefinedLength),
      fragment(Buffer.alloc(0)),
      explicit.item(item, length),
      length,
      explicit.item(item, length),
      length,
      explicit.item(sequenceDelimitation, 0),
      behind,
    );
    expect(told.problems).toEqual([]);
    expect(told.pixelData).toMatchObject({ fragments: [{ length }, { length }] });
    expect(told.bulk[0]?.length).toBe(2 * length + 24);
    expect(told.dataSet['FFFCFFFC']).toBeDefined();
    expect((await bytesRead()) - before).toBeLessThan(64 * 1024);
  });

  test('that is cut off keeps the fragments that are there, the last as far as it goes', async () => {
    const whole = encapsulated(Buffer.alloc(0), Buffer.from('abcd'), Buffer.from('efgh'));
    const told = await describing(jpegBaseline, name, whole.subarray(0, -10));
    expect(told.pixelData).toMatchObject({ fragments: [{ length: 4 }, { length: 2 }] });
    expect(told.problems).toEqual([
      'The fragments of PixelData (7FE00010) end without a sequence delimiter.',
    ]);
  });
});

describe('other values', () => {
  function sequence(tag: number, ...elements: Buffer[]): Buffer {
    return explicit.element(tag, 'SQ', fragment(Buffer.concat(elements)));
  }

  test('of an icon are told by the path through its sequence, and are no pixel data of the image', async () => {
    const icon = sequence(0x00880200, explicit.element(0x7fe00010, 'OB', Buffer.from('icon')));
    const told = await describing(explicitVrLittleEndian, name, icon);
    expect(told.pixelData).toBeUndefined();
    expect(told.bulk.map(({ path }) => path)).toEqual(['00880200/1/7FE00010']);
    expect(String(await bytesAt(told.file, told.bulk[0]!))).toBe('icon');
  });

  test('an encapsulated icon has its items', async () => {
    const icon = sequence(0x00880200, encapsulated(Buffer.alloc(0), Buffer.from('icon')));
    const { bulk, file } = await describing(
      jpegBaseline,
      icon,
      encapsulated(Buffer.alloc(0), Buffer.from('pict')),
    );
    const contents = bulk.map(({ items }) => bytesAt(file, items![1]!).then(String));
    expect(await Promise.all(contents)).toEqual(['icon', 'pict']);
  });

  test('a PDF document and a nested ECG waveform are not read', async () => {
    const before = await bytesRead();
    const length = 256 * 1024 ** 2;
    const sequenceLength = 8 + 12 + length;
    const told = await describing(
      explicitVrLittleEndian,
      explicit.header(0x00420011, 'OB', length),
      length,
      explicit.element(0x00420012, 'LO', 'application/pdf'),
      explicit.header(0x54000100, 'SQ', sequenceLength),
      explicit.item(item, sequenceLength - 8),
      explicit.header(0x54001010, 'OW', length),
      length,
    );
    expect(told.problems).toEqual([]);
    expect(told.bulk.map(({ path, vr }) => [path, vr])).toEqual([
      ['00420011', 'OB'],
      ['54000100/1/54001010', 'OW'],
    ]);
    expect(told.dataSet['54000100']?.Value).toEqual([
      { '54001010': { vr: 'OW', BulkDataURI: '@/bulkdata/54000100/1/54001010' } },
    ]);
    expect((await bytesRead()) - before).toBeLessThan(64 * 1024);
  });

  test.each([
    ['OW', 1024, true],
    ['OW', 1026, false],
    ['UN', 1024, true],
    ['UN', 1026, false],
    ['UT', 65536, true],
    ['UT', 65538, false],
  ])('%s of %d bytes inline: %s', async (vr, length, isInline) => {
    const told = await describing(
      explicitVrLittleEndian,
      explicit.element(0x00091010, vr, Buffer.alloc(length, 0x41)),
    );
    const attribute = told.dataSet['00091010'];
    expect('BulkDataURI' in attribute!).toBe(!isInline);
    expect(told.bulk).toHaveLength(isInline ? 0 : 1);
  });

  test('palettes are inline where a limit says so; pixel data never is', async () => {
    const dataSet = [
      explicit.element(0x00281201, 'OW', Buffer.alloc(131072)),
      explicit.element(0x7fe00010, 'OB', Buffer.alloc(2)),
    ];
    const file = { transferSyntaxUid: explicitVrLittleEndian, dataSet };
    expect((await described(directory.path, file)).bulk).toHaveLength(2);
    const { bulk } = await described(directory.path, file, { inlineLimit: 8 * 1024 ** 2 });
    expect(bulk.map(({ path }) => path)).toEqual(['7FE00010']);
  });

  test('a sequence is never bulk, however large', async () => {
    const items = Array.from({ length: 2000 }, (_, index) =>
      fragment(explicit.element(0x00080100, 'SH', `CODE${String(index).padStart(10, '0')}`)),
    );
    const told = await describing(
      explicitVrLittleEndian,
      explicit.element(0x00081140, 'SQ', Buffer.concat(items)),
    );
    expect(told.bulk).toEqual([]);
    expect(told.dataSet['00081140']?.Value).toHaveLength(2000);
    expect(told.dataSet['00081140']?.Value?.[1999]).toMatchObject({
      '00080100': { Value: ['CODE0000001999'] },
    });
  });
});

describe('harm', () => {
  test('an empty data set is described as one', async () => {
    const told = await describing(explicitVrLittleEndian);
    expect(told).toMatchObject({ dataSet: {}, bulk: [], pixelData: undefined, problems: [] });
  });

  test('endless attributes are refused', async () => {
    const elements = Buffer.alloc(8 * 1024 ** 2);
    const element = implicit.element(0x00091010, 'LO');
    for (let at = 0; at < elements.length; at += element.length) element.copy(elements, at);
    const many = Array.from({ length: 5 }, () => elements);
    await expect(describing(implicitVrLittleEndian, ...many)).rejects.toMatchObject({
      code: 'malformed-data-set',
    });
  });

  test('a deflated data set that inflates without end is refused', async () => {
    const bomb = deflateRawSync(Buffer.alloc(300 * 1024 ** 2));
    await expect(describing(deflatedExplicitVrLittleEndian, bomb)).rejects.toMatchObject({
      code: 'malformed-data-set',
    });
  });

  test('a file that is gone or of another size is damaged', async () => {
    const file = await writeInstance(directory.path, {
      transferSyntaxUid: explicitVrLittleEndian,
      dataSet: [name],
    });
    expect(() => describeInstance({ ...file, size: file.size + 1 })).toThrow(
      expect.objectContaining({ code: 'cache-damaged' }) as BrokerError,
    );
    expect(() => describeInstance({ ...file, path: `${file.path}.gone` })).toThrow(BrokerError);
  });
});
