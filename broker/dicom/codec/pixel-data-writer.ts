import { BrokerError } from '../../domain/errors.ts';
import { explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { Part10File } from './part10-file.ts';

const item = 0xfffee000;
const sequenceDelimitation = 0xfffee0dd;
const undefinedLength = 0xffffffff;

/** The largest value and the largest offset that 32 bits can tell, even. */
const largest = 0xfffffffe;

/** Writes frames as they are in a file: one after the other, or each in a fragment of its own with a table of them. */
export interface PixelDataWriter {
  frame(bytes: Uint8Array): void;
  /** Writes what stands behind the last frame. */
  end(): void;
}

/** @throws BrokerError `not-acceptable` where pixel data is too large for the syntax */
export function pixelDataWriter(
  file: Part10File,
  transferSyntaxUid: string,
  first: { readonly bytes: Uint8Array; readonly pixels: PixelDescription },
): PixelDataWriter {
  const { numberOfFrames } = first.pixels;
  return transferSyntaxUid === explicitVrLittleEndian
    ? nativeWriter(file, first.bytes.length * numberOfFrames, first.pixels)
    : encapsulatedWriter(file, numberOfFrames);
}

function nativeWriter(file: Part10File, length: number, pixels: PixelDescription): PixelDataWriter {
  if (length > largest) throw tooLarge();
  if (pixels.bitsAllocated < 8 && pixels.numberOfFrames > 1 && (pixels.rows * pixels.columns) % 8 !== 0) {
    throw new BrokerError(
      'not-acceptable',
      'Frames of 1-bit samples that end within a byte are not joined here.',
    );
  }
  file.append(header(pixels.bitsAllocated > 8 ? 'OW' : 'OB', length + (length % 2)));
  return {
    frame: (bytes) => {
      file.append(bytes);
    },
    end: () => {
      if (length % 2 !== 0) file.append(Buffer.alloc(1));
    },
  };
}

/** Encapsulated pixel data with a full Basic Offset Table (PS3.5 annex A.4). */
function encapsulatedWriter(file: Part10File, numberOfFrames: number): PixelDataWriter {
  file.append(header('OB', undefinedLength));
  const table = Buffer.alloc(4 * numberOfFrames);
  file.append(itemHeader(item, table.length));
  const tableAt = file.size;
  file.append(table);
  const firstAt = file.size;
  let frames = 0;
  return {
    frame: (bytes) => {
      const offset = file.size - firstAt;
      if (offset > largest) throw tooLarge();
      table.writeUInt32LE(offset, 4 * frames);
      frames += 1;
      file.append(itemHeader(item, bytes.length + (bytes.length % 2)));
      file.append(bytes);
      if (bytes.length % 2 !== 0) file.append(Buffer.alloc(1));
    },
    end: () => {
      file.append(itemHeader(sequenceDelimitation, 0));
      file.overwrite(tableAt, table);
    },
  };
}

function header(vr: 'OB' | 'OW', length: number): Buffer {
  const bytes = Buffer.from([0xe0, 0x7f, 0x10, 0x00, vr.charCodeAt(0), vr.charCodeAt(1), 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(length, 8);
  return bytes;
}

function itemHeader(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function tooLarge(): BrokerError {
  return new BrokerError(
    'not-acceptable',
    'The pixel data would have more than 4 GiB, which one element cannot hold in that transfer syntax.',
  );
}
