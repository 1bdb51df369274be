import { BrokerError } from '../../domain/errors.ts';
import type { PixelDescription } from '../pixel-description.ts';

/** The samples of a frame and how they are laid out, as a decoder gives them. */
export interface FrameSamples {
  readonly samples: Buffer;
  readonly pixels: PixelDescription;
}

/** Samples of up to 16 bits, of which there are few enough values to look each one up. */
export interface SampleCodes {
  /** For each sample its stored bits, as an unsigned number. */
  readonly codes: Uint8Array | Uint16Array;
  /** How many codes there can be. */
  readonly count: number;
  /** The stored value that a code stands for. */
  readonly valueOf: (code: number) => number;
}

/**
 * The codes of a frame's samples (PS3.5 section 8.1.1): bits below and above those that are stored, which
 * may hold overlays, are left out.
 * @returns undefined where samples have more than 16 bits
 */
export function sampleCodes({ samples, pixels }: FrameSamples): SampleCodes | undefined {
  const { bitsAllocated, bitsStored, highBit, isSigned } = pixels;
  if (bitsAllocated > 16) return undefined;
  const cells = sampleCells({ samples, pixels });
  const shift = highBit + 1 - bitsStored;
  const count = 2 ** bitsStored;
  const isWhole = shift === 0 && bitsStored === bitsAllocated;
  const codes = isWhole || bitsAllocated === 1 ? cells : cells.map((cell) => (cell >> shift) & (count - 1));
  const half = count / 2;
  const valueOf = isSigned ? (code: number) => (code >= half ? code - count : code) : (code: number) => code;
  return { codes, count, valueOf };
}

/** The cells of samples of up to 16 bits as they are, overlay bits included; of 1 bit, a byte for each. */
export function sampleCells({ samples, pixels }: FrameSamples): Uint8Array | Uint16Array {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const length = rows * columns * samplesPerPixel;
  checkLength(samples, length, bitsAllocated);
  if (bitsAllocated === 1) return unpackedBits(samples, length);
  if (bitsAllocated === 8) return samples.subarray(0, length);
  // A view needs an even offset; Little Endian is the order of every machine that Node runs on here.
  const aligned = samples.byteOffset % 2 === 0 ? samples : Buffer.from(new Uint8Array(samples).buffer);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, length);
}

/** Bits as bytes of 0 and 1, the lowest bit of each byte first (PS3.5 section 8.1.1). */
export function unpackedBits(bytes: Uint8Array, count: number, from = 0): Uint8Array {
  const bits = new Uint8Array(count);
  for (let at = 0; at < count; at++) bits[at] = (bytes[(from + at) >> 3]! >> ((from + at) & 7)) & 1;
  return bits;
}

/** The stored values of samples of more than 16 bits, or of floating point numbers. */
export function wideValues({ samples, pixels }: FrameSamples, isFloat: boolean): Float64Array {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit, isSigned } = pixels;
  const length = rows * columns * samplesPerPixel;
  checkLength(samples, length, bitsAllocated);
  const bytes = bitsAllocated / 8;
  const values = new Float64Array(length);
  if (isFloat) {
    for (let at = 0; at < length; at++) {
      values[at] = bytes === 8 ? samples.readDoubleLE(at * 8) : samples.readFloatLE(at * 4);
    }
    return values;
  }
  const below = 2 ** (highBit + 1 - bitsStored);
  const count = 2 ** bitsStored;
  const half = isSigned ? count / 2 : Infinity;
  for (let at = 0; at < length; at++) {
    const cell =
      bytes <= 6 ? samples.readUIntLE(at * bytes, bytes) : Number(samples.readBigUInt64LE(at * bytes));
    const code = Math.floor(cell / below) % count;
    values[at] = code >= half ? code - count : code;
  }
  return values;
}

function checkLength(samples: Buffer, count: number, bitsAllocated: number): void {
  if (![1, 8, 16, 24, 32, 40, 48, 64].includes(bitsAllocated)) {
    const message = `Samples of ${bitsAllocated} bits cannot be rendered.`;
    throw new BrokerError('not-acceptable', message);
  }
  if (samples.length * 8 >= count * bitsAllocated) return;
  throw new BrokerError(
    'malformed-data-set',
    `The frame has ${samples.length} bytes where its description asks for ${Math.ceil((count * bitsAllocated) / 8)}.`,
  );
}
