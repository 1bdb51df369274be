import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grayOf, grayTable } from '../../../../broker/dicom/rendering/gray-table.ts';
import { modalityValue, type Rescale } from '../../../../broker/dicom/rendering/modality-lut.ts';
import type { SampleCodes } from '../../../../broker/dicom/rendering/stored-values.ts';
import { brightnessOf, type VoiLut, windowLut } from '../../../../broker/dicom/rendering/voi-lut.ts';

/** Codes of so many bits, as sampleCodes numbers them. */
function codesOf(bits: number, isSigned: boolean): SampleCodes {
  const count = 2 ** bits;
  const valueOf = (code: number): number => (isSigned && code >= count / 2 ? code - count : code);
  return { codes: Uint16Array.of(0), count, valueOf };
}

/** Each code by itself, as the standard words it. */
function plainTable(
  { count, valueOf }: SampleCodes,
  modality: Rescale,
  voi: VoiLut,
  isInverse: boolean,
): Uint8Array {
  return Uint8Array.from({ length: count }, (_, code) =>
    grayOf(brightnessOf(voi, modalityValue(modality, valueOf(code))), isInverse),
  );
}

describe('the gray of each code', () => {
  it('is that of its value, whatever the slope, the window and the sign', () => {
    const number = fc.double({ min: -5000, max: 5000, noNaN: true });
    const scene = fc.record({
      bits: fc.integer({ min: 1, max: 12 }),
      isSigned: fc.boolean(),
      isInverse: fc.boolean(),
      slope: number.filter((slope) => slope !== 0),
      intercept: number,
      center: number,
      width: fc.double({ min: 1, max: 10_000, noNaN: true }),
      shape: fc.constantFrom('LINEAR', 'LINEAR_EXACT'),
    });
    fc.assert(
      fc.property(scene, ({ bits, isSigned, isInverse, slope, intercept, center, width, shape }) => {
        const samples = codesOf(bits, isSigned);
        const modality = { slope, intercept };
        const voi = windowLut({ center, width, function: shape });
        const table = grayTable(samples, { modality, voi, isInverse, isPadding: undefined });
        expect(table).toEqual(plainTable(samples, modality, voi, isInverse));
      }),
    );
  });

  it('is black for padding', () => {
    const voi = windowLut({ center: 4, width: 2, function: 'LINEAR' });
    const modality = { slope: 1, intercept: 0 };
    const isPadding = (value: number): boolean => value === 7;
    const table = grayTable(codesOf(3, false), { modality, voi, isInverse: false, isPadding });
    expect([table[6], table[7]]).toEqual([255, 0]);
  });
});
