import { frameBits, type PixelDescription } from '../pixel-description.ts';
import { upsampled422, ybrPartialToRgb } from './colour-conversion.ts';
import { damagedFrame } from './damaged-frame.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { interleaved } from './sample-cells.ts';

/** Bytes that a native frame has; the last may be filled in part where samples have one bit. */
export function nativeFrameBytes(pixels: PixelDescription): number {
  return Math.ceil(frameBits(pixels) / 8);
}

/**
 * A native frame in Little Endian, otherwise as it is.
 * @param isSwapped each pair of bytes is the wrong way round: words of 16 bits in Big Endian (PS3.5 A.3).
 *   That goes for samples of 8 bits too where the VR is OW; larger ones are turned round as a whole, as
 *   every known writer has it
 * @throws BrokerError `malformed-data-set` where it is too short
 */
export function littleEndianFrame(bytes: Uint8Array, pixels: PixelDescription, isSwapped: boolean): Buffer {
  const length = nativeFrameBytes(pixels);
  if (bytes.length < length) {
    throw damagedFrame(`it has ${bytes.length} bytes where its description asks for ${length}`);
  }
  if (!isSwapped) return Buffer.from(bytes.buffer, bytes.byteOffset, length);
  const even = Buffer.alloc(length + (length % 2));
  even.set(bytes.subarray(0, even.length));
  const { bitsAllocated } = pixels;
  if (bitsAllocated === 32) even.swap32();
  else if (bitsAllocated === 64) even.swap64();
  else even.swap16();
  return even.subarray(0, length);
}

/**
 * A native Little Endian frame with the samples of a pixel together, one of each for every pixel. Samples
 * of 1 bit stay packed, the first in the lowest bit (PS3.5 section 8.1.1).
 */
export function decodeNative(frame: Buffer, pixels: PixelDescription): DecodedFrame {
  const { samplesPerPixel, bitsAllocated, photometricInterpretation } = pixels;
  const is422 = samplesPerPixel === 3 && photometricInterpretation.endsWith('_422');
  if (is422) return decode422(frame, pixels);
  if (samplesPerPixel === 1 || pixels.planarConfiguration === 0) {
    return { samples: frame, pixels: { ...pixels, planarConfiguration: 0 } };
  }
  if (bitsAllocated < 8) throw damagedFrame('samples of 1 bit cannot be in colour planes');
  const samples = interleaved(frame, samplesPerPixel, bitsAllocated / 8);
  return { samples, pixels: { ...pixels, planarConfiguration: 0 } };
}

function decode422(frame: Buffer, pixels: PixelDescription): DecodedFrame {
  if (pixels.bitsAllocated !== 8 || pixels.columns % 2 !== 0) {
    throw damagedFrame('pixels that share their chrominance must have 8 bits and an even number of columns');
  }
  const samples = upsampled422(frame);
  const isPartial = pixels.photometricInterpretation.startsWith('YBR_PARTIAL');
  if (isPartial) ybrPartialToRgb(samples);
  const photometricInterpretation = isPartial ? 'RGB' : 'YBR_FULL';
  return { samples, pixels: { ...pixels, photometricInterpretation, planarConfiguration: 0 } };
}
