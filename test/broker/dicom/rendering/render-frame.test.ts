import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { frameAttributes } from '../../../../broker/dicom/rendering/frame-attributes.ts';
import { renderFrame } from '../../../../broker/dicom/rendering/render-frame.ts';
import { madeFrame } from './made-frame.ts';

function sequence(...items: DicomJson[]): DicomJson[string] {
  return { vr: 'SQ', Value: items };
}

const ds = (value: number): DicomJson[string] => ({ vr: 'DS', Value: [value] });

const enhanced: DicomJson = {
  '52009229': sequence({
    '00289132': sequence({
      '00281050': ds(50),
      '00281051': ds(100),
      '00281056': { vr: 'CS', Value: ['LINEAR_EXACT'] },
    }),
  }),
  '52009230': sequence(
    { '00289145': sequence({ '00281053': ds(1), '00281052': ds(0) }) },
    { '00289145': sequence({ '00281053': ds(10), '00281052': ds(0) }) },
  ),
};

describe('a frame', () => {
  it('of an enhanced object has the rescale of its own and the window of all', () => {
    const frame = madeFrame([0, 5, 12], { bitsAllocated: 16 });
    const options = { overlays: true };
    expect([...renderFrame({ ...frame, dataSet: enhanced, frame: 1, isFloat: false }, options).data]).toEqual(
      [0, 13, 31],
    );
    expect([...renderFrame({ ...frame, dataSet: enhanced, frame: 2, isFloat: false }, options).data]).toEqual(
      [0, 128, 255],
    );
  });

  it('beyond the functional groups has those of all frames', () => {
    expect(frameAttributes(enhanced, 9)['00281050']).toEqual(ds(50));
  });

  it('of four samples a pixel is refused', () => {
    const frame = madeFrame([1, 2, 3, 4], { samplesPerPixel: 4, photometricInterpretation: 'CMYK' });
    expect(() =>
      renderFrame({ ...frame, dataSet: {}, frame: 1, isFloat: false }, { overlays: true }),
    ).toThrow(/4 samples a pixel \(CMYK\)/);
  });

  it('that would be larger than any image is refused before memory is taken for it', () => {
    const frame = madeFrame([1], { rows: 65535, columns: 65535 });
    expect(() =>
      renderFrame({ ...frame, dataSet: {}, frame: 1, isFloat: false }, { overlays: true }),
    ).toThrow(/65535 × 65535/);
  });
});
