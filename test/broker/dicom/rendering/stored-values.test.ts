import { describe, expect, it } from 'vitest';
import { sampleCodes, wideValues } from '../../../../broker/dicom/rendering/stored-values.ts';
import { madeFrame } from './made-frame.ts';

function stored(frame: ReturnType<typeof madeFrame>): number[] {
  const sampled = sampleCodes(frame);
  if (sampled === undefined) return [...wideValues(frame, false)];
  return [...sampled.codes].map((code) => sampled.valueOf(code));
}

describe('stored values', () => {
  it('are the cells where all bits are stored', () => {
    expect(stored(madeFrame([0, 127, 255]))).toEqual([0, 127, 255]);
    expect(stored(madeFrame([0, 65535], { bitsAllocated: 16 }))).toEqual([0, 65535]);
  });

  it('carry their sign in the highest stored bit', () => {
    const layout = { bitsAllocated: 16, bitsStored: 12, highBit: 11, isSigned: true };
    expect(stored(madeFrame([0x07ff, 0x0800, 0x0fff], layout))).toEqual([2047, -2048, -1]);
    expect(stored(madeFrame([0x80, 0x7f], { isSigned: true }))).toEqual([-128, 127]);
  });

  it('leave out the bits beside those that are stored', () => {
    const layout = { bitsAllocated: 16, bitsStored: 12, highBit: 11 };
    expect(stored(madeFrame([0xf123], layout))).toEqual([0x123]);
    expect(stored(madeFrame([0xabc7], { ...layout, highBit: 15 }))).toEqual([0xabc]);
  });

  it('of one bit come lowest bit first', () => {
    const { pixels } = madeFrame([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const layout = { ...pixels, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect(stored({ samples: Buffer.from([0b00000101, 0b10]), pixels: layout })).toEqual([
      1, 0, 1, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  it('of 32 bits keep their sign and size', () => {
    expect(stored(madeFrame([4294967295, 1], { bitsAllocated: 32 }))).toEqual([4294967295, 1]);
    expect(stored(madeFrame([-2, 5], { bitsAllocated: 32, isSigned: true }))).toEqual([-2, 5]);
  });

  it('can be floating point numbers', () => {
    const { pixels } = madeFrame([0, 0], { bitsAllocated: 32 });
    const samples = Buffer.alloc(8);
    samples.writeFloatLE(0.5, 0);
    samples.writeFloatLE(-2, 4);
    expect([...wideValues({ samples, pixels }, true)]).toEqual([0.5, -2]);
  });

  it('are read from an odd place in memory too', () => {
    const { samples, pixels } = madeFrame([0x1234], { bitsAllocated: 16 });
    const odd = Buffer.concat([Buffer.alloc(1), samples]).subarray(1);
    expect(stored({ samples: odd, pixels })).toEqual([0x1234]);
  });

  it('that are not all there are refused', () => {
    const frame = madeFrame([1, 2, 3, 4]);
    expect(() => stored({ ...frame, samples: frame.samples.subarray(1) })).toThrow(/has 3 bytes .* 4/);
  });
});
