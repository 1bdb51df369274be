import { inflateRawSync } from 'node:zlib';
import { BrokerError } from '../../domain/errors.ts';
import { encodingOf, transferSyntaxOf } from '../../domain/transfer-syntax.ts';
import { frameBits, type PixelDescription } from '../pixel-description.ts';
import { damagedFrame } from './damaged-frame.ts';
import { decodeJpeg, decodeJpegLs } from './decode-jpeg.ts';
import { decodeHtJpeg2000, decodeJpeg2000, decodeJpegXl } from './decode-wavelet.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { decodeNative, littleEndianFrame, nativeFrameBytes } from './native-frame.ts';
import { decodeRle } from './rle.ts';

/** Bytes that a decoded frame may have. */
const largestFrame = 512 * 1024 ** 2;

type Decoder = (bytes: Uint8Array, pixels: PixelDescription) => DecodedFrame | Promise<DecodedFrame>;

/** Transfer syntaxes in fragments that hold native frames. */
const envelopes: ReadonlyMap<string, (bytes: Uint8Array, pixels: PixelDescription) => Uint8Array> = new Map([
  ['1.2.840.10008.1.2.1.98', (bytes: Uint8Array) => bytes],
  ['1.2.840.10008.1.2.8.1', inflateFrame],
]);

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['1.2.840.10008.1.2.5', decodeRleFrame],
  ...under4(['50', '51', '53', '55', '57', '70'], decodeJpeg),
  ...under4(['80', '81'], decodeJpegLs),
  ...under4(['90', '91', '92', '93'], decodeJpeg2000),
  ...under4(['110', '111', '112'], decodeJpegXl),
  ...under4(['201', '202', '203'], decodeHtJpeg2000),
]);

function under4(ends: readonly string[], decoder: Decoder): [string, Decoder][] {
  return ends.map((end) => [`1.2.840.10008.1.2.4.${end}`, decoder]);
}

/** True where frames of that syntax can be decoded: all but video, JPIP and private ones. */
export function canDecode(transferSyntaxUid: string): boolean {
  return decoders.has(transferSyntaxUid) || envelopes.has(transferSyntaxUid) || isNative(transferSyntaxUid);
}

function isNative(transferSyntaxUid: string): boolean {
  return /^1\.2\.840\.10008\.1\.2(\.1|\.1\.99|\.2)?$/.test(transferSyntaxUid);
}

export interface DecodeOptions {
  /** VR of native pixel data: in Big Endian it decides whether samples of 8 bits are swapped. */
  readonly vr?: string;
}

/**
 * Decodes one frame.
 * @param bytes the frame as stored (all of its fragments); of a deflated data set, inflated
 * @throws BrokerError `malformed-data-set` where it cannot be decoded, is not as `pixels` says, or would
 *   have more than 512 MiB; `too-large` where decoding it takes too much memory; `not-acceptable` where
 *   nothing here decodes that syntax
 */
export async function decodeFrame(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  pixels: PixelDescription,
  options: DecodeOptions = {},
): Promise<DecodedFrame> {
  const decode = decoders.get(transferSyntaxUid);
  if (decode === undefined)
    return decodeNative(nativeFrame(bytes, transferSyntaxUid, pixels, options), pixels);
  refuseTooLarge(pixels);
  return decode(bytes, pixels);
}

/**
 * The same, but what is native already, in whatever byte order or envelope, keeps its planes and its
 * colour space.
 * @throws BrokerError as `decodeFrame`
 */
export async function decodeToNative(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  pixels: PixelDescription,
  options: DecodeOptions = {},
): Promise<DecodedFrame> {
  if (decoders.has(transferSyntaxUid)) return decodeFrame(bytes, transferSyntaxUid, pixels);
  return { samples: nativeFrame(bytes, transferSyntaxUid, pixels, options), pixels };
}

/** The bytes of a frame that is not compressed, in Little Endian. */
function nativeFrame(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  pixels: PixelDescription,
  { vr }: DecodeOptions,
): Buffer {
  refuseTooLarge(pixels);
  const open = envelopes.get(transferSyntaxUid);
  if (open !== undefined) return littleEndianFrame(open(bytes, pixels), pixels, false);
  if (!isNative(transferSyntaxUid)) throw cannotDecode(transferSyntaxUid);
  const { bigEndian } = encodingOf(transferSyntaxUid);
  return littleEndianFrame(bytes, pixels, bigEndian && (pixels.bitsAllocated > 8 || vr === 'OW'));
}

function refuseTooLarge(pixels: PixelDescription): void {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const length = Math.max(frameBits(pixels), rows * columns * samplesPerPixel * bitsAllocated) / 8;
  if (length <= largestFrame) return;
  throw damagedFrame(`it would have ${Math.ceil(length)} bytes; ${largestFrame} are allowed`);
}

/** PS3.5 A.4.13: the bytes of a native frame, deflated. */
function inflateFrame(bytes: Uint8Array, pixels: PixelDescription): Uint8Array {
  // Of an odd number of bytes, one more is padding.
  const maxOutputLength = nativeFrameBytes(pixels) + 1;
  try {
    return inflateRawSync(bytes, { maxOutputLength });
  } catch (cause) {
    throw damagedFrame('it cannot be inflated to the size that is described', cause);
  }
}

function decodeRleFrame(bytes: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = pixels;
  if (bitsAllocated < 8) throw damagedFrame('samples of 1 bit cannot be RLE encoded');
  const layout = { pixels: rows * columns, samplesPerPixel, bytesPerSample: bitsAllocated / 8 };
  return {
    samples: decodeRle(bytes, layout),
    pixels: {
      ...pixels,
      planarConfiguration: 0,
      // A plane for each component: each pixel has all of them.
      photometricInterpretation: photometricInterpretation.replace(/^YBR_FULL_422$/, 'YBR_FULL'),
    },
  };
}

function cannotDecode(transferSyntaxUid: string): BrokerError {
  const name = transferSyntaxOf(transferSyntaxUid)?.name ?? 'a private transfer syntax';
  return new BrokerError(
    'not-acceptable',
    `Pixel data of ${name} (${transferSyntaxUid}) cannot be decoded here; it can be had as stored only.`,
  );
}
