import type { DecodedFrame } from './decoded-frame.ts';
import { cells } from './sample-cells.ts';

/** Samples as encoders take them: with no sign, in cells of one byte up to 8 bits, else of two. */
export interface CodecSamples {
  readonly samples: Uint8Array;
  /** Bits of each. */
  readonly precision: number;
  readonly isWide: boolean;
}

/** What an encoder asks of samples. */
export interface CodecNeeds {
  /**
   * `sign`: a signed sample has half of its range added to it, in place of being cut to its bits. `centre`:
   * all are moved to the middle of their cells' range as well, where an encoder that knows only the cell takes
   * half of that range off again.
   */
  readonly shift?: 'sign' | 'centre';
  /** The precisions that the encoder has, in ascending order; without it, any. */
  readonly precisions?: readonly number[];
}

/**
 * The samples of a frame for an encoder, which is to bring every bit of them back: those that are stored
 * where no others are used, else all that are allocated (old overlays stand in the upper ones).
 */
export function codecSamples(
  { samples, pixels }: DecodedFrame,
  { shift, precisions = [] }: CodecNeeds = {},
): CodecSamples {
  const { bitsAllocated, isSigned } = pixels;
  const from = cells(samples, bitsAllocated === 8 ? 8 : 16);
  const least = precisionOf(from, pixels);
  const precision = precisions.find((possible) => possible >= least) ?? least;
  const isWide = precision > 8;
  const to = isWide ? new Uint16Array(from.length) : new Uint8Array(from.length);
  const mask = 2 ** precision - 1;
  const half = 2 ** (precision - 1);
  const lift = shift === 'centre' ? (isWide ? 2 ** 15 : 2 ** 7) - half : 0;
  // Adding half of the range to a number in two's complement turns its highest bit.
  const flip = shift !== undefined && isSigned ? half : 0;
  for (let at = 0; at < from.length; at++) to[at] = ((from[at]! & mask) ^ flip) + lift;
  return { samples: new Uint8Array(to.buffer), precision, isWide };
}

function precisionOf(from: Uint8Array | Uint16Array, pixels: DecodedFrame['pixels']): number {
  const { bitsAllocated, bitsStored, highBit, isSigned } = pixels;
  if (highBit !== bitsStored - 1) return bitsAllocated;
  if (bitsStored === bitsAllocated) return bitsStored;
  const unused = (2 ** bitsAllocated - 1) & ~(2 ** bitsStored - 1);
  const sign = isSigned ? 2 ** (bitsStored - 1) : 0;
  for (let at = 0; at < from.length; at++) {
    const value = from[at]!;
    if ((value & unused) !== ((value & sign) === 0 ? 0 : unused)) return bitsAllocated;
  }
  return bitsStored;
}
