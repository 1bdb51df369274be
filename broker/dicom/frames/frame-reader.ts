import { closeSync, openSync, readSync } from 'node:fs';
import { BrokerError } from '../../domain/errors.ts';
import { inflateDataSet } from '../inflate-data-set.ts';
import type { Fragment } from '../instance-description.ts';
import type { InstanceFile } from '../instance-file.ts';
import { alignedFrame, type FramedImage, FramePlaces } from './frame-places.ts';

/** Bytes of a frame as it is stored. */
const longestFrame = 512 * 1024 * 1024;
/** Bytes of a deflated data set, before and after it is inflated. */
const deflatedLimit = 256 * 1024 * 1024;

export interface FramedInstance extends FramedImage {
  readonly deflated: boolean;
}

/**
 * Reads the frames of one file as they are stored, each from its place. For worker threads: its reads are
 * synchronous, which for a frame takes a quarter of the time of asynchronous ones.
 */
export class FrameReader implements AsyncDisposable {
  readonly #descriptor: number;
  readonly #inflated: Buffer | undefined;
  readonly #places: FramePlaces;

  private constructor(descriptor: number, inflated: Buffer | undefined, places: FramePlaces) {
    this.#descriptor = descriptor;
    this.#inflated = inflated;
    this.#places = places;
  }

  /** @throws BrokerError as FramePlaces.of, `malformed-data-set` where it cannot be inflated; of the file system */
  static async open(file: InstanceFile, image: FramedInstance): Promise<FrameReader> {
    const descriptor = openSync(file.path, 'r');
    try {
      const inflated = image.deflated ? await inflatedDataSet(descriptor, file) : undefined;
      const places = await FramePlaces.of(image, async (piece) => readPiece(descriptor, inflated, piece));
      return new FrameReader(descriptor, inflated, places);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Frames that there are. */
  get count(): number {
    return this.#places.count;
  }

  /**
   * The bytes of a frame: its fragments joined, or its part of native pixel data, which is in the byte
   * order of the file.
   * @param frame from 1
   * @throws BrokerError as FramePlaces.place, `too-large` above 512 MiB, `cache-damaged` where the file is cut off
   */
  async read(frame: number): Promise<Buffer> {
    const place = this.#places.place(frame);
    const length = place.pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length > longestFrame) {
      throw new BrokerError(
        'too-large',
        `Frame ${frame} has ${length} bytes; up to ${longestFrame} are read at once.`,
      );
    }
    const [only] = place.pieces;
    if (only !== undefined && place.pieces.length === 1) {
      return alignedFrame(readPiece(this.#descriptor, this.#inflated, only), place);
    }
    const pieces = place.pieces.map((piece) => readPiece(this.#descriptor, this.#inflated, piece));
    return Buffer.concat(pieces, length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    closeSync(this.#descriptor);
  }
}

function readPiece(descriptor: number, inflated: Buffer | undefined, { offset, length }: Fragment): Buffer {
  if (inflated !== undefined) return Buffer.from(inflated.subarray(offset, offset + length));
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const count = readSync(descriptor, bytes, read, length - read, offset + read);
    if (count === 0) throw new BrokerError('cache-damaged', 'The file ends before its pixel data does.');
    read += count;
  }
  return bytes;
}

async function inflatedDataSet(descriptor: number, { size, dataSetOffset }: InstanceFile): Promise<Buffer> {
  const length = size - dataSetOffset;
  if (length > deflatedLimit) {
    throw new BrokerError(
      'too-large',
      `The deflated data set has ${length} bytes; up to ${deflatedLimit} can be inflated.`,
    );
  }
  return inflateDataSet(readPiece(descriptor, undefined, { offset: dataSetOffset, length }), deflatedLimit);
}
