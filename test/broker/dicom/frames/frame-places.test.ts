import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignedFrame, FramePlaces } from '../../../../broker/dicom/frames/frame-places.ts';
import type { EncapsulatedPixelData, PixelData } from '../../../../broker/dicom/instance-description.ts';
import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';

const jpeg = Buffer.from('ffd8ffdb00430000', 'hex');
const inside = Buffer.from('1234567890abcdef', 'hex');

function pixels(changes: Partial<PixelDescription> = {}): PixelDescription {
  return {
    rows: 2,
    columns: 4,
    samplesPerPixel: 1,
    photometricInterpretation: 'MONOCHROME2',
    planarConfiguration: 0,
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 11,
    isSigned: false,
    numberOfFrames: 3,
    ...changes,
  };
}

/** Fragments of ten bytes each, one behind the other from byte 1008 on, with their item headers. */
function fragments(count: number): EncapsulatedPixelData['fragments'] {
  return Array.from({ length: count }, (_, index) => ({ offset: 1008 + index * 18, length: 10 }));
}

function encapsulated(count: number, tables: Partial<EncapsulatedPixelData> = {}): EncapsulatedPixelData {
  return {
    kind: 'encapsulated',
    fragments: fragments(count),
    basicOffsetTable: [],
    extendedOffsetTable: [],
    ...tables,
  };
}

const never = (): never => {
  throw new Error('There is no need to look into the fragments.');
};

async function piecesOf(pixelData: PixelData, count = 3, starts?: readonly Buffer[]): Promise<number[][]> {
  const peek =
    starts === undefined
      ? never
      : async ({ offset }: { offset: number }) => starts[(offset - 1008) / 18] ?? inside;
  const places = await FramePlaces.of({ pixels: pixels({ numberOfFrames: count }), pixelData }, peek);
  return Array.from({ length: count }, (_, index) =>
    places.place(index + 1).pieces.map(({ offset }) => (offset - 1008) / 18),
  );
}

describe('the frames of native pixel data', () => {
  const native: PixelData = { kind: 'native', vr: 'OW', offset: 500, length: 48 };

  it('lie one behind the other', async () => {
    const places = await FramePlaces.of({ pixels: pixels(), pixelData: native }, never);
    expect([1, 2, 3].map((frame) => places.place(frame).pieces)).toEqual([
      [{ offset: 500, length: 16 }],
      [{ offset: 516, length: 16 }],
      [{ offset: 532, length: 16 }],
    ]);
  });

  it.each([0, -1, 4, 1.5, Number.NaN])('have no number %d', async (frame) => {
    const places = await FramePlaces.of({ pixels: pixels(), pixelData: native }, never);
    expect(() => places.place(frame)).toThrow(/no frame .*: the instance has 3/);
  });

  it('are refused where the file ends before them, the whole ones are given', async () => {
    const places = await FramePlaces.of({ pixels: pixels(), pixelData: { ...native, length: 40 } }, never);
    expect(places.place(2).pieces).toEqual([{ offset: 516, length: 16 }]);
    expect(() => places.place(3)).toThrow(/Frame 3 is not whole/);
  });

  it('of half the chroma take two samples a pixel', async () => {
    const image = pixels({
      samplesPerPixel: 3,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      photometricInterpretation: 'YBR_FULL_422',
    });
    const places = await FramePlaces.of({ pixels: image, pixelData: native }, never);
    expect(places.place(2).pieces).toEqual([{ offset: 516, length: 16 }]);
  });

  it('of single bits may begin within a byte, and come out from a first bit on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        async (columns, count) => {
          const bits = Array.from({ length: columns * count }, (_, index) => ((index * 7919) % 5) & 1);
          const stored = packed(bits);
          const image = pixels({
            rows: 1,
            columns,
            bitsAllocated: 1,
            bitsStored: 1,
            highBit: 0,
            numberOfFrames: count,
          });
          const pixelData = { ...native, offset: 0, length: stored.length };
          const places = await FramePlaces.of({ pixels: image, pixelData }, never);
          for (let frame = 1; frame <= count; frame++) {
            const place = places.place(frame);
            const { offset, length } = place.pieces[0] ?? { offset: 0, length: 0 };
            const alone = alignedFrame(stored.subarray(offset, offset + length), place);
            expect(alone).toEqual(packed(bits.slice((frame - 1) * columns, frame * columns)));
          }
        },
      ),
    );
  });
});

function packed(bits: readonly number[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) => (bytes[index >> 3]! |= bit << (index & 7)));
  return bytes;
}

describe('the frames of encapsulated pixel data', () => {
  it('are its fragments where there are as many', async () => {
    expect(await piecesOf(encapsulated(3))).toEqual([[0], [1], [2]]);
  });

  it('are where the Basic Offset Table says', async () => {
    expect(await piecesOf(encapsulated(6, { basicOffsetTable: [0, 18, 72] }))).toEqual([
      [0],
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('are where the Extended Offset Table says, whatever the basic one does', async () => {
    const tables = { extendedOffsetTable: [0, 36, 54], basicOffsetTable: [0, 18, 36] };
    expect(await piecesOf(encapsulated(4, tables))).toEqual([[0, 1], [2], [3]]);
  });

  it('are all fragments where there is one frame', async () => {
    expect(await piecesOf(encapsulated(4, { basicOffsetTable: [0] }), 1)).toEqual([[0, 1, 2, 3]]);
  });

  it.each([
    ['a table of too few', [0, 18]],
    ['a table that points into a fragment', [0, 20, 36]],
    ['a table that goes back', [0, 36, 18]],
    ['a table that does not begin with the first', [18, 36, 54]],
  ])('are told by their markers where there is %s', async (_, basicOffsetTable) => {
    const starts = [jpeg, inside, jpeg, jpeg];
    expect(await piecesOf(encapsulated(4, { basicOffsetTable }), 3, starts)).toEqual([[0, 1], [2], [3]]);
  });

  it.each(['ff4fff5100290000', '0000000c6a5020200d0a', 'ff0a000000', '0000000c4a584c20', 'ffd8fff7'])(
    'begin with %s',
    async (start) => {
      const marker = Buffer.from(start, 'hex');
      expect(await piecesOf(encapsulated(3), 2, [marker, inside, marker])).toEqual([[0, 1], [2]]);
    },
  );

  it.each([
    ['too few', [jpeg, inside, inside]],
    ['too many', [jpeg, jpeg, jpeg]],
    ['one that the first fragment lacks', [inside, jpeg, inside]],
  ])('are not guessed where the markers are %s', async (_, starts) => {
    await expect(piecesOf(encapsulated(3), 2, starts)).rejects.toThrow(/cannot be told apart/);
  });

  it('are none where there are no fragments', async () => {
    await expect(piecesOf(encapsulated(0), 1, [])).rejects.toThrow(/cannot be told apart/);
  });
});

it('an instance without pixel data has no frames', async () => {
  await expect(FramePlaces.of({ pixels: undefined, pixelData: undefined }, never)).rejects.toMatchObject({
    code: 'not-found',
  });
});
