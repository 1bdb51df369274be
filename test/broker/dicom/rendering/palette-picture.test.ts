import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { palettePicture } from '../../../../broker/dicom/rendering/palette-picture.ts';
import { segmentedPalette } from '../../../../broker/dicom/rendering/segmented-palette.ts';
import { madeFrame } from './made-frame.ts';

const indices = { photometricInterpretation: 'PALETTE COLOR' };

function palette(descriptor: number[], ...channels: Buffer[]): DicomJson {
  const attributes: DicomJson = {};
  channels.forEach((data, index) => {
    attributes[`0028110${index + 1}`] = { vr: 'US', Value: descriptor };
    attributes[`0028120${index + 1}`] = { vr: 'OW', InlineBinary: data.toString('base64') };
  });
  return attributes;
}

function words(...values: number[]): Buffer {
  return Buffer.from(new Uint16Array(values).buffer);
}

describe('a palette', () => {
  it('gives each index its colour, the ends going on', () => {
    const attributes = palette(
      [2, 1, 16],
      words(0x1000, 0x2000),
      words(0x3000, 0x4000),
      words(0x5000, 0xff00),
    );
    expect([...palettePicture(madeFrame([0, 1, 2, 3], indices), attributes)]).toEqual([
      0x10, 0x30, 0x50, 0x10, 0x30, 0x50, 0x20, 0x40, 0xff, 0x20, 0x40, 0xff,
    ]);
  });

  it('has 65536 entries where its descriptor says 0', () => {
    const all = words(...Array.from({ length: 65536 }, (_, index) => index));
    const attributes = palette([0, 0, 16], all, all, all);
    const frame = madeFrame([0x8001], { ...indices, bitsAllocated: 16 });
    expect([...palettePicture(frame, attributes)]).toEqual([0x80, 0x80, 0x80]);
  });

  it('of 8 bits may have an entry in each byte, or in each word', () => {
    const packed = Buffer.from([10, 20]);
    expect([...palettePicture(madeFrame([1], indices), palette([2, 0, 8], packed, packed, packed))]).toEqual([
      20, 20, 20,
    ]);
    const spread = words(10, 20);
    expect([...palettePicture(madeFrame([1], indices), palette([2, 0, 8], spread, spread, spread))]).toEqual([
      20, 20, 20,
    ]);
  });

  it('that says 16 bits and means 8 is taken at what it means', () => {
    const narrow = words(10, 255);
    expect([...palettePicture(madeFrame([1], indices), palette([2, 0, 16], narrow, narrow, narrow))]).toEqual(
      [255, 255, 255],
    );
  });

  it('has a signed first input where pixels are signed', () => {
    const data = words(0x0a00, 0x1400, 0x1e00);
    const attributes = palette([3, 0xffff, 16], data, data, data);
    const frame = madeFrame([-1, 0, 1], { ...indices, isSigned: true });
    expect([...palettePicture(frame, attributes)].filter((_, index) => index % 3 === 0)).toEqual([
      10, 20, 30,
    ]);
  });

  it('that is missing or not whole is refused', () => {
    expect(() => palettePicture(madeFrame([0], indices), {})).toThrow(/palette .* is missing/);
    const short = words(1, 2);
    expect(() => palettePicture(madeFrame([0], indices), palette([9, 0, 16], short, short, short))).toThrow(
      /fewer entries/,
    );
  });
});

describe('a segmented palette', () => {
  it('is made of entries and lines', () => {
    // Two entries 0 and 10, then a line of four steps to 50.
    expect([...segmentedPalette(new Uint16Array([0, 2, 0, 10, 1, 4, 50]), 6)]).toEqual([
      0, 10, 20, 30, 40, 50,
    ]);
  });

  it('can use segments again', () => {
    // The copied segment, words 0 to 3, again: offset 0 in two words.
    expect([...segmentedPalette(new Uint16Array([0, 2, 7, 9, 2, 1, 0, 0]), 4)]).toEqual([7, 9, 7, 9]);
  });

  it('of bytes has offsets of four bytes', () => {
    expect([...segmentedPalette(new Uint8Array([0, 2, 7, 9, 2, 1, 0, 0, 0, 0]), 4)]).toEqual([7, 9, 7, 9]);
  });

  it('makes no more entries than its descriptor says', () => {
    expect(segmentedPalette(new Uint16Array([0, 1, 5, 1, 65535, 9]), 8)).toHaveLength(8);
  });

  it('that runs in circles, ends too soon or starts nowhere is refused', () => {
    expect(() => segmentedPalette(new Uint16Array([2, 1, 0, 0]), 4)).toThrow(/kind 2/);
    expect(() => segmentedPalette(new Uint16Array([0, 5, 1]), 4)).toThrow(/ends within/);
    expect(() => segmentedPalette(new Uint16Array([1, 4, 9]), 4)).toThrow(/starts nowhere/);
    expect(() => segmentedPalette(new Uint16Array([0, 1, 9]), 4)).toThrow(/fewer entries/);
  });

  it('is what a palette is read from where it has no plain data', () => {
    const attributes: DicomJson = {};
    for (const channel of [1, 2, 3]) {
      attributes[`0028110${channel}`] = { vr: 'US', Value: [3, 0, 16] };
      attributes[`0028122${channel}`] = {
        vr: 'OW',
        InlineBinary: words(0, 1, 0, 1, 2, 0x2000).toString('base64'),
      };
    }
    expect([...palettePicture(madeFrame([1, 2], indices), attributes)]).toEqual([16, 16, 16, 32, 32, 32]);
  });
});
