import { type FileHandle, open } from 'node:fs/promises';
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

/** Reads the frames of one file as they are stored, each from its place. For worker threads. */
export class FrameReader implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #inflated: Buffer | undefined;
  readonly #places: FramePlaces;

  private constructor(file: FileHandle, inflated: Buffer | undefined, places: FramePlaces) {
    this.#file = file;
    this.#inflated = inflated;
    this.#places = places;
  }

  /** @throws BrokerError as FramePlaces.of, `malformed-data-set` where it cannot be inflated; of the file system */
  static async open(file: InstanceFile, image: FramedInstance): Promise<FrameReader> {
    const handle = await open(file.path, 'r');
    try {
      const inflated = image.deflated ? await inflatedDataSet(handle, file) : undefined;
      const places = await FramePlaces.of(image, (piece) => readPiece(handle, inflated, piece));
      return new FrameReader(handle, inflated, places);
    } catch (error) {
      await handle.close();
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
      return alignedFrame(await readPiece(this.#file, this.#inflated, only), place);
    }
    const pieces: Buffer[] = [];
    for (const piece of place.pieces) pieces.push(await readPiece(this.#file, this.#inflated, piece));
    return Buffer.concat(pieces, length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

async function readPiece(
  file: FileHandle,
  inflated: Buffer | undefined,
  { offset, length }: Fragment,
): Promise<Buffer> {
  if (inflated !== undefined) return Buffer.from(inflated.subarray(offset, offset + length));
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read);
    if (bytesRead === 0) throw new BrokerError('cache-damaged', 'The file ends before its pixel data does.');
    read += bytesRead;
  }
  return bytes;
}

async function inflatedDataSet(file: FileHandle, { size, dataSetOffset }: InstanceFile): Promise<Buffer> {
  const length = size - dataSetOffset;
  if (length > deflatedLimit) {
    throw new BrokerError(
      'too-large',
      `The deflated data set has ${length} bytes; up to ${deflatedLimit} can be inflated.`,
    );
  }
  return inflateDataSet(await readPiece(file, undefined, { offset: dataSetOffset, length }), deflatedLimit);
}
