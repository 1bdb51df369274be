import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';
import type { FrameSamples } from '../../../../broker/dicom/rendering/stored-values.ts';

/** A frame of one row: unsigned MONOCHROME2 of 8 bits unless told otherwise. */
export function madeFrame(values: readonly number[], changes: Partial<PixelDescription> = {}): FrameSamples {
  const bitsAllocated = changes.bitsAllocated ?? 8;
  const bitsStored = changes.bitsStored ?? bitsAllocated;
  const samplesPerPixel = changes.samplesPerPixel ?? 1;
  const pixels = {
    rows: 1,
    columns: values.length / samplesPerPixel,
    samplesPerPixel,
    photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    planarConfiguration: 0 as const,
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
    isSigned: false,
    numberOfFrames: 1,
    ...changes,
  };
  return { samples: cellsOf(values, bitsAllocated), pixels };
}

/** Little Endian cells of 8, 16 or 32 bits; negative values in two's complement. */
function cellsOf(values: readonly number[], bits: number): Buffer {
  const bytes = bits / 8;
  const cells = Buffer.alloc(values.length * bytes);
  values.forEach((value, index) => {
    cells.writeUIntLE(value < 0 ? value + 2 ** bits : value, index * bytes, bytes);
  });
  return cells;
}
