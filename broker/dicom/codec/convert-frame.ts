import { explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { decodeFrame, decodeToNative, type DecodeOptions } from './decode-frame.ts';
import { encodeFrame } from './encode-frame.ts';

export interface FrameToConvert extends DecodeOptions {
  /** As stored: all fragments of the frame; of a deflated data set, inflated. */
  readonly bytes: Uint8Array;
  /** Transfer syntax of `bytes`. */
  readonly from: string;
  /** Transfer syntax that is wanted. Explicit VR Little Endian stands for all native ones. */
  readonly to: string;
  readonly pixels: PixelDescription;
}

export interface ConvertedFrame {
  readonly bytes: Uint8Array;
  readonly transferSyntaxUid: string;
  /** As the frame is now. */
  readonly pixels: PixelDescription;
}

/**
 * Brings one frame into another transfer syntax. What is native already keeps its planes and its colour
 * space; what has the wanted syntax stays as it is.
 * @throws BrokerError `not-acceptable` where it cannot be brought into that syntax, `malformed-data-set`
 *   where it cannot be decoded, `too-large` where that takes too much memory
 */
export async function convertFrame({ bytes, from, to, pixels, vr }: FrameToConvert): Promise<ConvertedFrame> {
  if (from === to) return { bytes, transferSyntaxUid: to, pixels };
  const options = vr === undefined ? {} : { vr };
  if (to === explicitVrLittleEndian) {
    const { samples, pixels: decoded } = await decodeToNative(bytes, from, pixels, options);
    return { bytes: samples, transferSyntaxUid: to, pixels: decoded };
  }
  const frame = await decodeFrame(bytes, from, pixels, options);
  const encoded = await encodeFrame(frame, to);
  return { bytes: encoded.bytes, transferSyntaxUid: to, pixels: encoded.pixels };
}
