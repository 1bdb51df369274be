import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../broker/dicom/codec/decode-frame.ts';
import { encodeFrame, losslessSyntaxes } from '../../../../broker/dicom/codec/encode-frame.ts';
import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';

const grey: PixelDescription = {
  rows: 17,
  columns: 33,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  isSigned: false,
  numberOfFrames: 1,
};
const bits = (allocated: number, stored: number, highBit = stored - 1): Partial<PixelDescription> => ({
  bitsAllocated: allocated,
  bitsStored: stored,
  highBit,
});
const colour = { samplesPerPixel: 3, photometricInterpretation: 'RGB' };
const full = { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' };
const signed = { isSigned: true };

/** Whether the upper, unused bits hold something of their own too. */
type Case = readonly [name: string, pixels: Partial<PixelDescription>, usesAllBits?: boolean];

const cases: readonly Case[] = [
  ['8 bits', bits(8, 8)],
  ['8 bits, signed', { ...bits(8, 8), ...signed }],
  ['5 in 8 bits, signed', { ...bits(8, 5), ...signed }],
  ['1 in 8 bits', bits(8, 1)],
  ['16 bits', {}],
  ['16 bits, signed', signed],
  ['12 in 16 bits', bits(16, 12)],
  ['12 in 16 bits, signed', { ...bits(16, 12), ...signed }],
  ['8 in 16 bits, signed', { ...bits(16, 8), ...signed }],
  ['12 in 16 bits, in the upper ones', bits(16, 12, 15), true],
  ['12 in 16 bits with an overlay in the others', bits(16, 12), true],
  ['12 in 16 bits, signed, with an overlay in the others', { ...bits(16, 12), ...signed }, true],
  ['RGB', { ...bits(8, 8), ...colour }],
  ['YBR_FULL', { ...bits(8, 8), ...full }],
  ['RGB of 16 bits', colour],
  ['32 bits', bits(32, 32)],
  ['one row', { ...bits(8, 8), rows: 1, columns: 130 }],
  ['one column', { ...bits(8, 8), rows: 9, columns: 1 }],
];

/** Runs and noise, within the bits that are stored unless all are used. */
function samplesOf(
  { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, isSigned }: PixelDescription,
  usesAllBits: boolean,
): Buffer {
  const width = bitsAllocated / 8;
  const samples = Buffer.alloc(rows * columns * samplesPerPixel * width);
  const range = 2 ** (usesAllBits ? bitsAllocated : bitsStored);
  const least = isSigned && !usesAllBits ? -range / 2 : 0;
  let state = 1;
  for (let at = 0; at < samples.length; at += width) {
    state = (state * 48_271) % 2_147_483_647;
    const value = Math.floor(at / width / 7) % 2 === 0 ? least + range - 1 : least + (state % range);
    if (value < 0) samples.writeIntLE(value, at, width);
    else samples.writeUIntLE(value, at, width);
  }
  return samples;
}

/** What a syntax cannot hold here, by the name of the case. */
const refused: Readonly<Record<string, RegExp>> = {
  '1.2.840.10008.1.2.4.80': /^32 bits$/,
  '1.2.840.10008.1.2.4.70': /^32 bits$/,
  '1.2.840.10008.1.2.4.90': /^(32 bits|RGB of 16 bits|one row|one column)$/,
  '1.2.840.10008.1.2.4.201': /^(32 bits|RGB of 16 bits|YBR_FULL)$/,
  '1.2.840.10008.1.2.4.202': /^(32 bits|RGB of 16 bits|YBR_FULL)$/,
  '1.2.840.10008.1.2.5': /^$/,
};

describe.each(losslessSyntaxes)('%s', (syntax) => {
  it.for(cases)('%s: comes back as it was, or is refused', async ([name, changes, usesAllBits = false]) => {
    const pixels = { ...grey, ...changes };
    const frame = { samples: samplesOf(pixels, usesAllBits), pixels };
    if (refused[syntax]?.test(name) === true) {
      await expect(encodeFrame(frame, syntax)).rejects.toMatchObject({ code: 'not-acceptable' });
      return;
    }
    const encoded = await encodeFrame(frame, syntax);
    const decoded = await decodeFrame(encoded.bytes, syntax, encoded.pixels);
    expect(decoded.samples.equals(frame.samples)).toBe(true);
    expect(decoded.pixels).toEqual(pixels);
  });

  it('has no place for samples of 1 bit', async () => {
    const pixels = { ...grey, ...bits(1, 1), rows: 8, columns: 8 };
    await expect(encodeFrame({ samples: Buffer.alloc(8), pixels }, syntax)).rejects.toMatchObject({
      code: 'not-acceptable',
    });
  });
});
