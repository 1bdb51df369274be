import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { drawOverlays } from '../../../../broker/dicom/rendering/overlay-planes.ts';
import { madeFrame } from './made-frame.ts';

function plane(bytes: number[], more: DicomJson = {}): DicomJson {
  return {
    '60000010': { vr: 'US', Value: [2] },
    '60000011': { vr: 'US', Value: [2] },
    '60000050': { vr: 'SS', Value: [1, 1] },
    '60003000': { vr: 'OW', InlineBinary: Buffer.from(bytes).toString('base64') },
    ...more,
  };
}

/** What is drawn on a black image of 2 × 2. */
function drawn(
  dataSet: DicomJson,
  frame = 1,
  samples = madeFrame([0, 0, 0, 0], { rows: 2, columns: 2 }),
): number[] {
  const data = new Uint8Array(4);
  drawOverlays({ width: 2, height: 2, channels: 1, data }, { dataSet, frame, samples });
  return [...data];
}

describe('an overlay', () => {
  it('is drawn in white, bit for bit', () => {
    expect(drawn(plane([0b1001]))).toEqual([255, 0, 0, 255]);
  });

  it('lies where its origin says, and is cut off at the edges', () => {
    expect(drawn(plane([0b1111], { '60000050': { vr: 'SS', Value: [2, 2] } }))).toEqual([0, 0, 0, 255]);
    expect(drawn(plane([0b1111], { '60000050': { vr: 'SS', Value: [0, 0] } }))).toEqual([255, 0, 0, 0]);
  });

  it('of several frames is drawn on the frames that it belongs to', () => {
    const frames = { '60000015': { vr: 'IS', Value: [2] }, '60000051': { vr: 'US', Value: [2] } };
    const dataSet = plane([0b10000001], frames);
    expect(drawn(dataSet, 1)).toEqual([0, 0, 0, 0]);
    expect(drawn(dataSet, 2)).toEqual([255, 0, 0, 0]);
    expect(drawn(dataSet, 3)).toEqual([0, 0, 0, 255]);
  });

  it('can be in a free bit of the samples', () => {
    const samples = madeFrame([0x1000, 0, 0, 0x1fff], {
      rows: 2,
      columns: 2,
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
    });
    const { '60003000': _data, ...place } = plane([]);
    const embedded = {
      ...place,
      '60000100': { vr: 'US', Value: [16] },
      '60000102': { vr: 'US', Value: [12] },
    };
    expect(drawn(embedded, 1, samples)).toEqual([255, 0, 0, 255]);
  });

  it('that has fewer bits than it says is passed over', () => {
    expect(drawn(plane([], { '60003000': { vr: 'OW' } }))).toEqual([0, 0, 0, 0]);
  });

  it('of group 601E is drawn in colour pictures too', () => {
    const dataSet = Object.fromEntries(
      Object.entries(plane([0b1])).map(([tag, value]) => [`601E${tag.slice(4)}`, value]),
    );
    const data = new Uint8Array(12);
    const samples = madeFrame([0, 0, 0, 0], { rows: 2, columns: 2 });
    drawOverlays({ width: 2, height: 2, channels: 3, data }, { dataSet, frame: 1, samples });
    expect([...data]).toEqual([255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
