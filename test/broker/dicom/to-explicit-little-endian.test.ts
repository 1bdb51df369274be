import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fileMetaHeader, readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { canTranscode, toExplicitLittleEndian } from '../../../broker/dicom/to-explicit-little-endian.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { encodingOf, explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import type { Encoding } from '../../../broker/domain/transfer-syntax.ts';
import { daikonFiles, pydicomCharacterSetFiles, pydicomTestFiles } from '../../support/real-files.ts';
import { runTool } from '../../support/run-tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { cutAt } from './recorded-scan.ts';
import { explicit, explicitBig, implicit, item, itemDelimitation } from './written-elements.ts';
import { sequenceDelimitation, undefinedLength } from './written-elements.ts';

const implicitLittle = encodingOf('1.2.840.10008.1.2');
const explicitLittle = encodingOf(explicitVrLittleEndian);
const deflated = encodingOf('1.2.840.10008.1.2.1.99');
const big = encodingOf('1.2.840.10008.1.2.2');
const jpeg = encodingOf('1.2.840.10008.1.2.4.50');

async function* chunks(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  yield* cutAt(bytes, cuts);
}

async function convert(bytes: Uint8Array, from: Encoding, cuts: readonly number[] = []): Promise<Buffer> {
  return collect(toExplicitLittleEndian(chunks(bytes, cuts), from));
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

interface RealInstance {
  readonly name: string;
  readonly file: string;
  readonly dataSet: Buffer;
  readonly encoding: Encoding;
}

async function uncompressed(file: string): Promise<RealInstance[]> {
  const bytes = await readFile(file);
  try {
    const { transferSyntaxUid, dataSetOffset } = readFileMeta(bytes);
    const encoding = encodingOf(transferSyntaxUid);
    if (!canTranscode(encoding)) return [];
    return [{ name: basename(file), file, dataSet: bytes.subarray(dataSetOffset), encoding }];
  } catch {
    return [];
  }
}

const real = await Promise.all([
  ...(await pydicomTestFiles()).map(uncompressed),
  ...(await pydicomCharacterSetFiles()).map(uncompressed),
  ...(await daikonFiles()).map(uncompressed),
]);
const instances = real.flat();
// DCMTK writes a value of NUL only as an empty one, and takes padding zeros for elements.
const writtenOtherwise = /^brain_\d+\.dcm$/;
const truncated = instances.filter(({ name }) => /truncated/.test(name));
const whole = instances.filter((instance) => !truncated.includes(instance));

describe('as DCMTK converts it, byte for byte', () => {
  const names = whole.map(({ name }) => name);
  test.each([
    'ExplVR_BigEnd.dcm',
    'MR_small_bigendian.dcm',
    'MR_small_expb.dcm',
    'liver_expb_1frame.dcm',
    'rtdose_expb.dcm',
    'image_dfl.dcm',
    'deflated.dcm',
    'explicit_big.dcm',
    'implicit_little.dcm',
    'rtplan.dcm',
    'badVR.dcm',
    'nested_priv_SQ.dcm',
  ])('%s is among the files', (name) => {
    expect(names).toContain(name);
  });

  const compared = whole.filter(({ name }) => !writtenOtherwise.test(name));
  test.each(compared)('$name', async ({ file, dataSet, encoding }) => {
    await using directory = await temporaryDirectory('to-explicit');
    const byDcmtk = join(directory.path, 'dcmtk.dcm');
    await runTool('dcmconv', ['-q', '+te', '-e', '-g', file, byDcmtk]);
    const expected = await readFile(byDcmtk);
    const bytes = await convert(dataSet, encoding);
    expect(bytes.equals(expected.subarray(readFileMeta(expected).dataSetOffset))).toBe(true);
  });

  test('where DCMTK drops values of NUL: the same values in DICOM JSON', async () => {
    const brain = whole.find(({ name }) => name === 'brain_002.dcm') as RealInstance;
    await using directory = await temporaryDirectory('to-explicit');
    const converted = join(directory.path, 'converted.dcm');
    const meta = { sopClassUid: '1.2', sopInstanceUid: '1.3', transferSyntaxUid: explicitVrLittleEndian };
    await writeFile(
      converted,
      Buffer.concat([fileMetaHeader(meta), await convert(brain.dataSet, brain.encoding)]),
    );
    const json = async (file: string) => (await runTool('dcm2json', ['-q', file])).stdout;
    expect(await json(converted)).toBe(await json(brain.file));
  });
});

test.each(whole.filter(({ dataSet }) => dataSet.length < 50_000))(
  '$name: cut anywhere, the same',
  async (instance) => {
    const { dataSet, encoding } = instance;
    const expected = await convert(dataSet, encoding);
    const cuts = fc.array(fc.nat({ max: dataSet.length }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        expect((await convert(dataSet, encoding, places)).equals(expected)).toBe(true);
      }),
      { numRuns: 5 },
    );
  },
);

describe('values from big endian', () => {
  const tags: [string, string, string][] = [
    ['US', '0001a1b2', '0100b2a1'],
    ['SS', 'fffe', 'feff'],
    ['AT', '00080018', '08001800'],
    ['OW', '010203040506', '020104030605'],
    ['UL', '0102030405060708', '0403020108070605'],
    ['FL', '3f800000', '0000803f'],
    ['OF', '3f800000', '0000803f'],
    ['OL', '01020304', '04030201'],
    ['FD', '3ff0000000000001', '010000000000f03f'],
    ['OD', '3ff0000000000001', '010000000000f03f'],
    ['OV', '0102030405060708', '0807060504030201'],
    ['SV', '0102030405060708', '0807060504030201'],
    ['OB', '010203', '01020300'],
    ['UN', '01020304', '01020304'],
    ['LO', '616263', '61626320'],
    ['UI', '312e32', '312e3200'],
    ['US', '000102', '01000200'],
  ];
  test.each(tags)('%s %s, cut at every byte', async (vr, from, to) => {
    const bytes = explicitBig.element(0x00186020, vr, Buffer.from(from, 'hex'));
    const everyByte = Array.from({ length: bytes.length }, (_, index) => index);
    const expected = explicit.element(0x00186020, vr, Buffer.from(to, 'hex'));
    expect(await convert(bytes, big, everyByte)).toEqual(expected);
    expect(await convert(bytes, big)).toEqual(expected);
  });
});

describe('VRs of implicit data sets', () => {
  const smallest = 0x00280106;
  const signed = implicit.element(0x00280103, '', Buffer.of(1, 0));
  const value = implicit.element(smallest, '', Buffer.of(0xff, 0xff));
  const vrAt = (bytes: Buffer, at: number) => bytes.toString('latin1', at + 4, at + 6);

  test('US or SS is as Pixel Representation says', async () => {
    expect(vrAt(await convert(value, implicitLittle), 0)).toBe('US');
    expect(vrAt(await convert(Buffer.concat([signed, value]), implicitLittle), 10)).toBe('SS');
    expect(vrAt(await convert(Buffer.concat([signed, value]), implicitLittle, [8, 9, 10]), 10)).toBe('SS');
  });

  test('within an item, as the item says or else what is around it, which stays what it was', async () => {
    const unsigned = implicit.element(0x00280103, '', Buffer.of(0, 0));
    const inside = (content: Buffer) =>
      implicit.element(0x00283000, '', Buffer.concat([implicit.item(item, content.length), content]));
    const descriptor = implicit.element(0x00283002, '', Buffer.alloc(6));
    const bytes = Buffer.concat([
      signed,
      inside(descriptor),
      inside(Buffer.concat([unsigned, descriptor])),
      value,
    ]);
    const output = (await convert(bytes, implicitLittle)).toString('latin1');
    // eslint-disable-next-line no-control-regex -- tags in their binary form
    const letters = [...output.matchAll(/\x28\x00(?:\x02\x30|\x06\x01)(SS|US)/g)].map((match) => match[1]);
    expect(letters).toEqual(['SS', 'US', 'SS']);
  });

  test.each([
    ['pixel data', 0x7fe00010, 'OW'],
    ['LUT data', 0x00283006, 'OW'],
    ['overlay data', 0x60020e00 + 0x2200, 'OW'],
    ['a private creator', 0x00090010, 'LO'],
    ['a private element', 0x00091001, 'UN'],
    ['an element that PS3.6 does not have', 0x00080002, 'UN'],
  ])('%s', async (_what, tag, vr) => {
    expect(vrAt(await convert(implicit.element(tag, '', 'ab'), implicitLittle), 0)).toBe(vr);
  });

  test('a value too long for its VR becomes UN', async () => {
    const value64k = Buffer.alloc(65_536, 0x20);
    const converted = await convert(implicit.element(0x00081080, '', value64k), implicitLittle);
    expect(converted).toEqual(explicit.element(0x00081080, 'UN', value64k));
    const fits = await convert(implicit.element(0x00081080, '', value64k.subarray(2)), implicitLittle);
    expect(fits).toEqual(explicit.element(0x00081080, 'LO', value64k.subarray(2)));
  });

  test('a private sequence of undefined length is a sequence', async () => {
    const bytes = Buffer.concat([
      implicit.header(0x00091001, '', undefinedLength),
      implicit.item(item, undefinedLength),
      implicit.item(itemDelimitation, 0),
      implicit.item(sequenceDelimitation, 0),
    ]);
    expect(await convert(bytes, implicitLittle)).toEqual(
      Buffer.concat([
        explicit.header(0x00091001, 'SQ', undefinedLength),
        explicit.item(item, undefinedLength),
        explicit.item(itemDelimitation, 0),
        explicit.item(sequenceDelimitation, 0),
      ]),
    );
  });
});

test('UN of undefined length, which is implicit inside, becomes a sequence that is explicit inside', async () => {
  for (const [writer, from] of [
    [explicit, explicitLittle],
    [explicitBig, big],
  ] as const) {
    const inside = [
      implicit.element(0x00280010, '', Buffer.of(2, 1)),
      implicit.element(0x00091001, '', 'ab'),
    ];
    const bytes = Buffer.concat([
      writer.header(0x00091010, 'UN', undefinedLength),
      implicit.item(item, 8 + 2 + 8 + 2),
      ...inside,
      implicit.item(sequenceDelimitation, 0),
    ]);
    expect(await convert(bytes, from)).toEqual(
      Buffer.concat([
        explicit.header(0x00091010, 'SQ', undefinedLength),
        explicit.item(item, undefinedLength),
        explicit.element(0x00280010, 'US', Buffer.of(2, 1)),
        explicit.element(0x00091001, 'UN', 'ab'),
        explicit.item(itemDelimitation, 0),
        explicit.item(sequenceDelimitation, 0),
      ]),
    );
  }
});

test('group lengths are left out, also in items', async () => {
  const length = explicit.element(0x00080000, 'UL', Buffer.alloc(4));
  const sequence = explicit.element(
    0x00081115,
    'SQ',
    Buffer.concat([explicit.item(item, length.length), length]),
  );
  const converted = await convert(Buffer.concat([length, sequence]), explicitLittle);
  expect(converted.includes(Buffer.of(0x08, 0, 0, 0))).toBe(false);
  expect(converted.length).toBe(12 + 8 + 8 + 8);
});

describe('bounded memory', () => {
  test('256 MiB of pixel data, converted as they come', async () => {
    const total = 256 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024, Buffer.of(1, 2));
    let ahead = 0;
    let written = 0;

    async function* source(): AsyncGenerator<Buffer> {
      yield explicitBig.header(0x7fe00010, 'OW', total);
      for (let read = 0; read < total; read += chunk.length) {
        ahead = Math.max(ahead, read + chunk.length - written);
        yield chunk;
      }
    }
    for await (const piece of toExplicitLittleEndian(source(), big)) {
      expect(piece.length).toBeLessThanOrEqual(64 * 1024);
      if (written === 0) expect(piece.toString('hex', 0, 16)).toBe('e07f10004f570000000000100201' + '0201');
      written += piece.length;
    }
    expect(written).toBe(total + 12);
    expect(ahead).toBeLessThan(chunk.length + 256 * 1024);
  });

  test('a deflate bomb is refused', async () => {
    const bomb = deflateRawSync(explicit.element(0x7fe00010, 'OW', Buffer.alloc(32 * 1024 * 1024)), {
      level: 9,
    });
    await expect(convert(bomb, deflated)).rejects.toMatchObject({
      code: 'malformed-data-set',
      message: expect.stringContaining('out of proportion') as string,
    });
  });
});

describe('the source', () => {
  test('is closed when the caller leaves early, and its error reaches the caller', async () => {
    for (const from of [implicitLittle, deflated]) {
      const bytes = implicit.element(0x7fe00010, '', Buffer.alloc(4 * 1024 * 1024, 5));
      const input = from.deflated ? deflateRawSync(bytes, { level: 0 }) : bytes;
      let closed = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          yield* chunks(input, [100_000, 200_000, 300_000]);
          throw new Error('the disk is gone');
        } finally {
          closed = true;
        }
      }
      for await (const piece of toExplicitLittleEndian(source(), from)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(closed).toBe(true);
      await expect(collect(toExplicitLittleEndian(source(), from))).rejects.toThrow('the disk is gone');
    }
  });
});

describe('refused', () => {
  test('compressed pixel data', async () => {
    expect([canTranscode(jpeg), canTranscode(deflated), canTranscode(big)]).toEqual([false, true, true]);
    await expect(convert(Buffer.alloc(0), jpeg)).rejects.toMatchObject({ code: 'not-acceptable' });
  });

  test('fragments in an uncompressed data set', async () => {
    const bytes = explicit.header(0x7fe00010, 'OB', undefinedLength);
    await expect(convert(bytes, explicitLittle)).rejects.toThrow(/in fragments/);
  });

  test('damaged deflated bytes', async () => {
    await expect(convert(Buffer.from('ffffffff', 'hex'), deflated)).rejects.toMatchObject({
      code: 'malformed-data-set',
    });
  });

  test.each(truncated)('$name', async ({ dataSet, encoding }) => {
    await expect(convert(dataSet, encoding)).rejects.toMatchObject({ code: 'malformed-data-set' });
  });

  test('a data set cut off at any byte: an error, but where an element ends or one zero follows it', async () => {
    const cutPixels = whole.find(({ name }) => name === 'reportsi.dcm') as RealInstance;
    const { dataSet, encoding } = cutPixels;
    const complete = await convert(dataSet, encoding);
    for (let length = 0; length < dataSet.length; length++) {
      try {
        const converted = await convert(dataSet.subarray(0, length), encoding);
        expect(complete.subarray(0, converted.length).equals(converted)).toBe(true);
        expect(isEndOfTopLevelElement(complete, converted.length)).toBe(true);
      } catch (thrown) {
        if (!(thrown instanceof BrokerError)) throw thrown;
        expect(thrown.code).toBe('malformed-data-set');
      }
    }
  });

  test('a deflated data set cut off at any byte', async () => {
    const input = deflateRawSync(explicit.element(0x00080018, 'UI', '1.2.3.4 '));
    for (let length = 0; length < input.length; length++) {
      await expect(convert(input.subarray(0, length), deflated)).rejects.toMatchObject({
        code: 'malformed-data-set',
      });
    }
  });
});

/** True where an element of the data set's top level ends at that byte, walking over undefined lengths. */
function isEndOfTopLevelElement(bytes: Buffer, end: number): boolean {
  let depth = 0;
  let at = 0;
  while (at < end) {
    const group = bytes.readUInt16LE(at);
    const element = bytes.readUInt16LE(at + 2);
    const vr = bytes.toString('latin1', at + 4, at + 6);
    if (group === 0xfffe) {
      depth += element === 0xe000 ? 1 : -1;
      at += 8;
    } else if (vr === 'SQ') {
      depth++;
      at += 12;
    } else if (['OB', 'OW', 'UN', 'UT'].includes(vr)) {
      at += 12 + bytes.readUInt32LE(at + 8);
    } else {
      at += 8 + bytes.readUInt16LE(at + 6);
    }
  }
  return at === end && depth === 0;
}
