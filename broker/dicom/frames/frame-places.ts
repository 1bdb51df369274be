import { BrokerError } from '../../domain/errors.ts';
import type { Fragment, PixelData } from '../instance-description.ts';
import { type PixelDescription, frameBits } from '../pixel-description.ts';
import { type FrameGroups, groupByMarkers, groupByTables, markerLength } from './frame-groups.ts';

/** What is to be known of an image to find its frames. */
export interface FramedImage {
  readonly pixels: PixelDescription | undefined;
  readonly pixelData: PixelData | undefined;
}

/** Where the bytes of a frame are. */
export interface FramePlace {
  /** Pieces of the file (of the inflated data set where the syntax is deflated), one behind the other. */
  readonly pieces: readonly Fragment[];
  /** Bit of the first byte at which the frame begins: other than 0 only where samples have one bit. */
  readonly firstBit: number;
  /** Bits of the frame where it is native; undefined where it is all that the pieces hold. */
  readonly bits: number | undefined;
}

/** Finds the first bytes of a fragment. */
export type Peek = (fragment: Fragment) => Promise<Uint8Array>;

/** Where each frame of an image is. */
export class FramePlaces {
  /** Frames that the image has, by its description. */
  readonly count: number;
  readonly #pixels: PixelDescription;
  readonly #pixelData: PixelData;
  readonly #groups: FrameGroups;

  private constructor(pixels: PixelDescription, pixelData: PixelData, groups: FrameGroups) {
    this.count = pixels.numberOfFrames;
    this.#pixels = pixels;
    this.#pixelData = pixelData;
    this.#groups = groups;
  }

  /**
   * Looks into the fragments only where no table tells where frames begin.
   * @throws BrokerError `not-found` where the instance has no frames, `malformed-data-set` where they
   * cannot be told apart; what `peek` throws
   */
  static async of({ pixels, pixelData }: FramedImage, peek: Peek): Promise<FramePlaces> {
    if (pixels === undefined || pixelData === undefined) {
      throw new BrokerError(
        'not-found',
        'The instance has no frames: it has no pixel data, or does not describe it.',
      );
    }
    if (pixelData.kind === 'native') return new FramePlaces(pixels, pixelData, []);
    const known = groupByTables(pixelData, pixels.numberOfFrames);
    if (known !== undefined) return new FramePlaces(pixels, pixelData, known);
    const starts: Uint8Array[] = [];
    for (const { offset, length } of pixelData.fragments) {
      starts.push(await peek({ offset, length: Math.min(length, markerLength) }));
    }
    return new FramePlaces(pixels, pixelData, groupByMarkers(pixelData, pixels.numberOfFrames, starts));
  }

  /**
   * The place of a frame.
   * @param frame from 1
   * @throws BrokerError `not-found` beyond the last frame, `malformed-data-set` where the file ends before it
   */
  place(frame: number): FramePlace {
    if (!(Number.isInteger(frame) && frame >= 1 && frame <= this.count)) {
      throw new BrokerError('not-found', `There is no frame ${frame}: the instance has ${this.count}.`);
    }
    if (this.#pixelData.kind === 'encapsulated') {
      return { pieces: this.#groups[frame - 1]!, firstBit: 0, bits: undefined };
    }
    const bits = frameBits(this.#pixels);
    const start = (frame - 1) * bits;
    const from = Math.floor(start / 8);
    const to = Math.ceil((start + bits) / 8);
    const { offset, length } = this.#pixelData;
    if (to > length) {
      throw new BrokerError(
        'malformed-data-set',
        `Frame ${frame} is not whole: the pixel data has ${length} bytes, and ends before byte ${to}.`,
      );
    }
    return { pieces: [{ offset: offset + from, length: to - from }], firstBit: start % 8, bits };
  }
}

/**
 * The bytes of a frame as they stand alone: a native one that begins within a byte is moved to the start
 * of its first, and the bits behind its last are cleared (PS3.5 section 8.1.1).
 * @param bytes what the pieces of its place hold
 */
export function alignedFrame(bytes: Buffer, { firstBit, bits }: FramePlace): Buffer {
  if (bits === undefined || (firstBit === 0 && bits % 8 === 0)) return bytes;
  const frame = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < frame.length; at++) {
    const low = (bytes[at] ?? 0) >>> firstBit;
    const high = firstBit === 0 ? 0 : (bytes[at + 1] ?? 0) << (8 - firstBit);
    frame[at] = (low | high) & 0xff;
  }
  if (bits % 8 !== 0) frame[frame.length - 1]! &= (1 << (bits % 8)) - 1;
  return frame;
}
