import type { PixelDescription } from '../pixel-description.ts';
import { damagedFrame } from './damaged-frame.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { toCells } from './sample-cells.ts';

/** What a codec gave out. */
export interface CodecOutput {
  /** Pixel-interleaved samples in cells of one byte up to 8 bits, else of two. */
  readonly decoded: Buffer;
  readonly precision: number;
  readonly photometricInterpretation: string;
}

/**
 * The samples of a codec in the cells of the data set.
 * @throws BrokerError `malformed-data-set` where there are fewer or more than the data set has
 */
export function fromCodec(output: CodecOutput, pixels: PixelDescription): DecodedFrame {
  const { decoded, precision, photometricInterpretation } = output;
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, isSigned, highBit } = pixels;
  if (decoded.length !== rows * columns * samplesPerPixel * (precision <= 8 ? 1 : 2)) {
    throw damagedFrame('it does not have all of its pixels');
  }
  return {
    samples: toCells(decoded, { precision, bitsAllocated, isSigned }),
    pixels: {
      ...pixels,
      photometricInterpretation,
      planarConfiguration: 0,
      // A codec's samples stand in the lowest bits.
      highBit: precision <= bitsStored ? bitsStored - 1 : highBit,
    },
  };
}
