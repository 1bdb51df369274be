import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { grayPicture } from '../../../../broker/dicom/rendering/gray-picture.ts';
import type { Window } from '../../../../broker/dicom/rendering/rendering-options.ts';
import { madeFrame } from './made-frame.ts';

const twelveBits = { bitsAllocated: 16, bitsStored: 12, highBit: 11 };
const signed = { bitsAllocated: 16, isSigned: true };

function gray(frame: ReturnType<typeof madeFrame>, attributes: DicomJson = {}, window?: Window): number[] {
  return [...grayPicture({ ...frame, attributes, isFloat: false }, window)];
}

function numbers(vr: string, ...values: number[]): DicomJson[string] {
  return { vr, Value: values };
}

function windowOf(center: number, width: number, shape = 'LINEAR'): DicomJson {
  return {
    '00281050': numbers('DS', center),
    '00281051': numbers('DS', width),
    '00281056': { vr: 'CS', Value: [shape] },
  };
}

describe('without a VOI LUT', () => {
  it('unsigned samples of 8 bits are shown as they are', () => {
    expect(gray(madeFrame([3, 100, 200]))).toEqual([3, 100, 200]);
  });

  it('others are spread over the range that occurs', () => {
    expect(gray(madeFrame([1000, 1100, 1200], twelveBits))).toEqual([0, 128, 255]);
    expect(gray(madeFrame([-100, 0, 100], signed))).toEqual([0, 128, 255]);
  });

  it('a picture of one value is black', () => {
    expect(gray(madeFrame([500, 500], twelveBits))).toEqual([0, 0]);
  });

  it('a segmentation reaches up to its maximum fractional value', () => {
    expect(gray(madeFrame([0, 5, 10]), { '0062000E': numbers('US', 10) })).toEqual([0, 128, 255]);
  });
});

describe('a window', () => {
  it('LINEAR is that of C.11.2.1.2.1', () => {
    // Of center 2048 and width 4096, 0 is black and 4095 white; of width 1, all from the center on is white.
    expect(gray(madeFrame([0, 2048, 4095], twelveBits), windowOf(2048, 4096))).toEqual([0, 128, 255]);
    expect(gray(madeFrame([99, 100, 101], twelveBits), windowOf(100, 1))).toEqual([0, 255, 255]);
  });

  it('LINEAR_EXACT lies symmetrically around its center', () => {
    expect(gray(madeFrame([0, 50, 100], twelveBits), windowOf(50, 100, 'LINEAR_EXACT'))).toEqual([
      0, 128, 255,
    ]);
  });

  it('SIGMOID is the curve of C.11.2.1.3.1', () => {
    // exp(-4 · 25 / 100) = 0.3679: 1 / 1.3679 of 255 is 186.
    expect(gray(madeFrame([50, 75], twelveBits), windowOf(50, 100, 'SIGMOID'))).toEqual([128, 186]);
  });

  it('goes by the first of several', () => {
    const several = { '00281050': numbers('DS', 50, 0), '00281051': numbers('DS', 100, 1) };
    expect(gray(madeFrame([0, 100], twelveBits), several)).toEqual([0, 255]);
  });

  it('that has no width is passed over', () => {
    expect(gray(madeFrame([1000, 1200], twelveBits), windowOf(0, 0))).toEqual([0, 255]);
  });

  it('that a client asks for comes before that of the image', () => {
    const window = { center: 1100, width: 200, function: 'LINEAR_EXACT' } as const;
    expect(gray(madeFrame([1000, 1100, 1200], twelveBits), windowOf(0, 1), window)).toEqual([0, 128, 255]);
  });
});

describe('the modality LUT', () => {
  it('rescales before the window', () => {
    const rescale = { '00281053': numbers('DS', 2), '00281052': numbers('DS', -1000) };
    const attributes = { ...rescale, ...windowOf(0, 400, 'LINEAR_EXACT') };
    // 400, 500 and 600 are -200, 0 and 200 then.
    expect(gray(madeFrame([400, 500, 600], twelveBits), attributes)).toEqual([0, 128, 255]);
  });

  it('can be a table, whose ends go on', () => {
    const table = {
      '00283002': numbers('US', 3, 10, 16),
      '00283006': { vr: 'OW', InlineBinary: Buffer.from([0, 0, 100, 0, 200, 0]).toString('base64') },
    };
    const attributes: DicomJson = {
      '00283000': { vr: 'SQ', Value: [table] },
      ...windowOf(100, 200, 'LINEAR_EXACT'),
    };
    expect(gray(madeFrame([9, 10, 11, 12, 99], twelveBits), attributes)).toEqual([0, 0, 128, 255, 255]);
  });
});

describe('a VOI LUT table', () => {
  it('gives brightness by its bits', () => {
    const table = { '00283002': numbers('US', 3, 100, 8), '00283006': numbers('US', 0, 128, 255) };
    const attributes: DicomJson = { '00283010': { vr: 'SQ', Value: [table] } };
    expect(gray(madeFrame([99, 100, 101, 102, 103], twelveBits), attributes)).toEqual([0, 0, 128, 255, 255]);
  });

  it('has a signed first input where values are negative', () => {
    const table = { '00283002': numbers('US', 2, 0xffff, 8), '00283006': numbers('US', 10, 20) };
    const attributes: DicomJson = { '00283010': { vr: 'SQ', Value: [table] } };
    expect(gray(madeFrame([-2, -1, 0], signed), attributes)).toEqual([10, 10, 20]);
  });
});

describe('beside', () => {
  it('MONOCHROME1 is shown inverted', () => {
    const inverted = { photometricInterpretation: 'MONOCHROME1' };
    expect(gray(madeFrame([0, 55, 255], inverted))).toEqual([255, 200, 0]);
  });

  it('a Presentation LUT Shape of INVERSE inverts', () => {
    expect(gray(madeFrame([55]), { '20500020': { vr: 'CS', Value: ['INVERSE'] } })).toEqual([200]);
  });

  it('padding is black and does not count for the range', () => {
    const attributes = { '00280120': numbers('SS', -2000) };
    const layout = { ...signed, photometricInterpretation: 'MONOCHROME1' };
    expect(gray(madeFrame([-2000, 0, 100], layout), attributes)).toEqual([0, 255, 0]);
  });

  it('padding can be a range, and be written with the wrong sign', () => {
    const attributes = { '00280120': numbers('US', 0xf830), '00280121': numbers('US', 0xf832) };
    expect(gray(madeFrame([-2000, -1998, 0, 100], signed), attributes)).toEqual([0, 0, 0, 255]);
  });

  it('floating point samples are spread over their finite range', () => {
    const { pixels } = madeFrame([0, 0, 0, 0], { bitsAllocated: 32 });
    const samples = Buffer.from(new Float32Array([-1, 0, 1, NaN]).buffer);
    expect([...grayPicture({ samples, pixels, attributes: {}, isFloat: true })]).toEqual([0, 128, 255, 0]);
  });

  it('samples of 32 bits go through the same steps', () => {
    expect(gray(madeFrame([1000000, 3000000], { bitsAllocated: 32 }), windowOf(2000000, 4000001))).toEqual([
      64, 191,
    ]);
  });
});
