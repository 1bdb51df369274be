import { BrokerError } from '../../domain/errors.ts';
import { transferSyntaxOf } from '../../domain/transfer-syntax.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { ybrFullToRgb } from './colour-conversion.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { type CodecNeeds, type CodecSamples, codecSamples } from './codec-samples.ts';
import { NativeCodecs } from './native-codecs.ts';
import { encodeRle } from './rle.ts';

export interface EncodedFrame {
  /** The codestream, of odd length too: as a fragment it needs padding. */
  readonly bytes: Buffer;
  /** As a data set has to describe it: a colour transform names itself there. */
  readonly pixels: PixelDescription;
}

type Encoder = (frame: DecodedFrame) => EncodedFrame | Promise<EncodedFrame>;

export const rleLossless = '1.2.840.10008.1.2.5';
export const jpegBaseline = '1.2.840.10008.1.2.4.50';
const jpegLossless = '1.2.840.10008.1.2.4.70';
const jpegLsLossless = '1.2.840.10008.1.2.4.80';
const jpeg2000Lossless = '1.2.840.10008.1.2.4.90';
const htj2kLossless = '1.2.840.10008.1.2.4.201';
const htj2kLosslessRpcl = '1.2.840.10008.1.2.4.202';

const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  [jpegBaseline, encodeBaseline],
  [jpegLossless, (frame) => encodePlain(frame, 'Jpeg', jpegLossless)],
  [jpegLsLossless, (frame) => encodePlain(frame, 'JpegLs', jpegLsLossless)],
  [jpeg2000Lossless, encodeJpeg2000],
  [htj2kLossless, (frame) => encodeHtj2k(frame, htj2kLossless)],
  [htj2kLosslessRpcl, (frame) => encodeHtj2k(frame, htj2kLosslessRpcl)],
  [rleLossless, encodeRleFrame],
]);

/** The syntaxes into which frames are encoded without loss, those that compress best first. */
export const losslessSyntaxes: readonly string[] = [
  jpegLsLossless,
  htj2kLossless,
  htj2kLosslessRpcl,
  jpeg2000Lossless,
  jpegLossless,
  rleLossless,
];

/** True where frames can be encoded into that syntax; which frames depends on their samples. */
export function canEncode(transferSyntaxUid: string): boolean {
  return encoders.has(transferSyntaxUid);
}

/**
 * Encodes one frame: without loss, but for JPEG Baseline.
 * @throws BrokerError `not-acceptable` where that syntax cannot hold such samples, or nothing here
 *   encodes it; `too-large` where it takes too much memory
 */
export async function encodeFrame(frame: DecodedFrame, transferSyntaxUid: string): Promise<EncodedFrame> {
  const encode = encoders.get(transferSyntaxUid);
  if (encode === undefined) throw unfit(frame.pixels, transferSyntaxUid, 'nothing here encodes it');
  return encode(frame);
}

function encodeRleFrame({ samples, pixels }: DecodedFrame): EncodedFrame {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  if (bitsAllocated < 8) throw unfit(pixels, rleLossless, 'it has no samples of 1 bit');
  const layout = { pixels: rows * columns, samplesPerPixel, bytesPerSample: bitsAllocated / 8 };
  if (layout.bytesPerSample * samplesPerPixel > 15)
    throw unfit(pixels, rleLossless, 'its pixels have 15 bytes at most');
  return { bytes: encodeRle(samples, layout, columns), pixels };
}

/** JPEG Lossless and JPEG-LS: whole numbers of that many bits, with no sign. */
async function encodePlain(
  frame: DecodedFrame,
  codec: 'Jpeg' | 'JpegLs',
  transferSyntaxUid: string,
): Promise<EncodedFrame> {
  const { samples, precision, isWide } = fitSamples(frame, transferSyntaxUid, {
    precisions: codec === 'Jpeg' ? [8, 12, 16] : [],
  });
  const bits = Math.max(precision, 2);
  const layout = {
    ...layoutOf(frame),
    // CharLS takes its precision from the one field, libjpeg from the other.
    bitsAllocated: codec === 'JpegLs' ? bits : isWide ? 16 : 8,
    bitsStored: bits,
  };
  const codecs = await NativeCodecs.shared();
  return { bytes: codecs.encode(codec, layout, samples).bytes, pixels: frame.pixels };
}

async function encodeJpeg2000(frame: DecodedFrame): Promise<EncodedFrame> {
  const { pixels } = frame;
  const { samples, precision, isWide } = fitSamples(frame, jpeg2000Lossless, { shift: 'sign' });
  refuseWideColour(pixels, isWide, jpeg2000Lossless);
  const isRgb = pixels.samplesPerPixel === 3 && pixels.photometricInterpretation === 'RGB';
  const layout = { ...layoutOf(frame), bitsAllocated: isWide ? 16 : 8, bitsStored: precision, isRgb };
  const codecs = await NativeCodecs.shared();
  const { bytes } = codecs.encode('Jpeg2000', layout, samples);
  if (pixels.isSigned) describeSamples(bytes, pixels, precision);
  return { bytes, pixels: isRgb ? { ...pixels, photometricInterpretation: 'YBR_RCT' } : pixels };
}

async function encodeHtj2k(frame: DecodedFrame, transferSyntaxUid: string): Promise<EncodedFrame> {
  const { pixels } = frame;
  const isColour = pixels.samplesPerPixel === 3;
  // The encoder always transforms colours: what is no RGB would come back as RGB.
  if (isColour && pixels.photometricInterpretation !== 'RGB')
    throw unfit(pixels, transferSyntaxUid, 'colours must be RGB');
  const { samples, precision, isWide } = fitSamples(frame, transferSyntaxUid, { shift: 'centre' });
  refuseWideColour(pixels, isWide, transferSyntaxUid);
  const bits = isWide ? 16 : 8;
  const layout = { ...layoutOf(frame), bitsAllocated: bits, bitsStored: bits };
  const codecs = await NativeCodecs.shared();
  const progressionOrder = transferSyntaxUid === htj2kLosslessRpcl ? 2 : 0;
  const { bytes } = codecs.encode('HtJpeg2000', layout, samples, { progressionOrder });
  describeSamples(bytes, pixels, precision);
  return { bytes, pixels: isColour ? { ...pixels, photometricInterpretation: 'YBR_RCT' } : pixels };
}

async function encodeBaseline(frame: DecodedFrame): Promise<EncodedFrame> {
  const { pixels } = frame;
  const {
    bitsAllocated,
    bitsStored,
    isSigned,
    samplesPerPixel,
    photometricInterpretation: photometric,
  } = pixels;
  if (bitsAllocated !== 8 || bitsStored !== 8 || isSigned)
    throw unfit(pixels, jpegBaseline, 'it takes unsigned samples of 8 bits');
  if (photometric === 'PALETTE COLOR')
    throw unfit(pixels, jpegBaseline, 'entries of a palette allow no loss');
  let { samples } = frame;
  if (samplesPerPixel === 3 && photometric === 'YBR_FULL') {
    samples = Buffer.from(samples);
    ybrFullToRgb(samples, 8);
  }
  fitSamples(frame, jpegBaseline);
  const codecs = await NativeCodecs.shared();
  const { bytes } = codecs.encode('Jpeg', layoutOf(frame), samples, { lossy: true });
  return {
    bytes,
    pixels: samplesPerPixel === 3 ? { ...pixels, photometricInterpretation: 'YBR_FULL_422' } : pixels,
  };
}

function layoutOf({ pixels }: DecodedFrame): Parameters<NativeCodecs['encode']>[1] {
  const { columns, rows, samplesPerPixel } = pixels;
  return { columns, rows, samplesPerPixel, bitsAllocated: 8, bitsStored: 8, isSigned: false };
}

function fitSamples(frame: DecodedFrame, transferSyntaxUid: string, needs: CodecNeeds = {}): CodecSamples {
  const { bitsAllocated, samplesPerPixel } = frame.pixels;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw unfit(frame.pixels, transferSyntaxUid, 'it takes samples in 8 or 16 bits');
  }
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) {
    throw unfit(frame.pixels, transferSyntaxUid, 'it takes pixels of one or three samples');
  }
  return codecSamples(frame, needs);
}

function refuseWideColour(
  { samplesPerPixel, ...rest }: PixelDescription,
  isWide: boolean,
  uid: string,
): void {
  if (samplesPerPixel === 1 || !isWide) return;
  throw unfit({ samplesPerPixel, ...rest }, uid, 'colours of more than 8 bits are not encoded here');
}

/**
 * Writes precision and sign of all components into the codestream's SIZ segment (ITU-T T.800 A.5.1). The
 * samples were shifted so that the encoder's level shift has put them where a decoder of that precision and
 * sign will look for them.
 */
function describeSamples(codestream: Buffer, pixels: PixelDescription, precision: number): void {
  for (let component = 0; component < pixels.samplesPerPixel; component++) {
    codestream[42 + 3 * component] = (precision - 1) | (pixels.isSigned ? 0x80 : 0);
  }
}

function unfit(pixels: PixelDescription, transferSyntaxUid: string, why: string): BrokerError {
  const { bitsStored, bitsAllocated, photometricInterpretation } = pixels;
  const name = transferSyntaxOf(transferSyntaxUid)?.name ?? 'a private transfer syntax';
  return new BrokerError(
    'not-acceptable',
    `The image (${photometricInterpretation}, ${bitsStored} bits in ${bitsAllocated}) cannot be encoded as ${name} (${transferSyntaxUid}): ${why}.`,
  );
}
