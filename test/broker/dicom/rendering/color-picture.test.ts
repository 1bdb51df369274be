import { describe, expect, it } from 'vitest';
import { colorPicture } from '../../../../broker/dicom/rendering/color-picture.ts';
import { madeFrame } from './made-frame.ts';

describe('a colour picture', () => {
  it('of RGB in 8 bits is what is stored', () => {
    expect([...colorPicture(madeFrame([1, 2, 3, 250, 251, 252], { samplesPerPixel: 3 }))]).toEqual([
      1, 2, 3, 250, 251, 252,
    ]);
  });

  it('of more bits is made of the upper ones', () => {
    const layout = { samplesPerPixel: 3, bitsAllocated: 16 };
    expect([...colorPicture(madeFrame([0x1234, 0xffff, 0x00ff], layout))]).toEqual([0x12, 0xff, 0]);
    expect([
      ...colorPicture(madeFrame([2 ** 31, 2 ** 32 - 1, 0], { samplesPerPixel: 3, bitsAllocated: 32 })),
    ]).toEqual([128, 255, 0]);
  });

  it('of fewer bits is spread over the range', () => {
    const layout = { samplesPerPixel: 3, bitsStored: 4, highBit: 3 };
    expect([...colorPicture(madeFrame([0, 15, 5], layout))]).toEqual([0, 255, 85]);
  });

  it('of YBR_FULL is turned into RGB', () => {
    const layout = { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' };
    // Gray stays gray; Cr of 255 is red: 76 + 1.402 · 127 = 254.
    expect([...colorPicture(madeFrame([76, 128, 128, 76, 85, 255], layout))]).toEqual([
      76, 76, 76, 254, 0, 0,
    ]);
  });

  it('leaves the samples as they are', () => {
    const frame = madeFrame([76, 85, 255], { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' });
    colorPicture(frame);
    expect([...frame.samples]).toEqual([76, 85, 255]);
  });

  it('of HSV is refused', () => {
    const layout = { samplesPerPixel: 3, photometricInterpretation: 'HSV' };
    expect(() => colorPicture(madeFrame([1, 2, 3], layout))).toThrow(/HSV/);
  });
});
