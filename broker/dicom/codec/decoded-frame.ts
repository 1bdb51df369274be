import type { PixelDescription } from '../pixel-description.ts';

/** One frame without compression. */
export interface DecodedFrame {
  /** Little Endian; the samples of a pixel stand together, each in the bits that `pixels` allocates to it. */
  readonly samples: Buffer;
  /** As the samples are now: decoding can change colour space, planes and high bit. */
  readonly pixels: PixelDescription;
}
