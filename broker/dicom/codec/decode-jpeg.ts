import type { PixelDescription } from '../pixel-description.ts';
import { fromCodec } from './codec-output.ts';
import { ybrFullToRgb } from './colour-conversion.ts';
import { damagedFrame } from './damaged-frame.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { expectHeader } from './expected-header.ts';
import { type JpegHeader, isLosslessProcess, readJpegHeader } from './jpeg-header.ts';
import { NativeCodecs } from './native-codecs.ts';
import { cells, interleaved } from './sample-cells.ts';

/** JPEG of any process (PS3.5 A.4.1 and A.4.2). */
export async function decodeJpeg(bytes: Uint8Array, pixels: PixelDescription): Promise<DecodedFrame> {
  const header = readJpegHeader(bytes);
  const { precision } = header;
  if (precision < 2 || precision > 16) throw damagedFrame(`its samples have ${precision} bits`);
  expectHeader({ ...header, samplesPerPixel: header.components.length }, pixels);
  const codecs = await NativeCodecs.shared();
  const { bytes: decoded, damage } = codecs.decode('Jpeg', layoutOf(header), bytes);
  if (damage !== undefined) throw damagedFrame(damage);
  if (isYcbcr(header, pixels)) ybrFullToRgb(cells(decoded, precision <= 8 ? 8 : 16), precision);
  return fromCodec(
    { decoded, precision, photometricInterpretation: photometricInterpretation(header, pixels) },
    pixels,
  );
}

/** JPEG-LS (PS3.5 A.4.3). */
export async function decodeJpegLs(bytes: Uint8Array, pixels: PixelDescription): Promise<DecodedFrame> {
  const header = readJpegHeader(bytes);
  const { precision, components, interleave } = header;
  if (header.process !== 0xf7 || precision < 2 || precision > 16)
    throw damagedFrame('it is no JPEG-LS image');
  expectHeader({ ...header, samplesPerPixel: components.length }, pixels);
  // The codec needs it too, but may take half a minute to find out.
  if (!hasEnd(bytes)) throw damagedFrame('it ends before its JPEG-LS data does');
  const codecs = await NativeCodecs.shared();
  const { bytes: decoded } = codecs.decode('JpegLs', layoutOf(header), bytes);
  const isPlanar = components.length > 1 && interleave === 0;
  const samples = isPlanar ? interleaved(decoded, components.length, precision <= 8 ? 1 : 2) : decoded;
  const photometric = pixels.photometricInterpretation.replace(/^YBR_FULL_422$/, 'YBR_FULL');
  return fromCodec({ decoded: samples, precision, photometricInterpretation: photometric }, pixels);
}

/** EOI, which never stands within the data (ITU-T T.87 A.1). */
function hasEnd(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf('ffd9', undefined, 'hex') > 0;
}

function layoutOf({
  columns,
  rows,
  components,
  precision,
}: JpegHeader): Parameters<NativeCodecs['decode']>[1] {
  return {
    columns,
    rows,
    samplesPerPixel: components.length,
    // The cells that the codec fills, not those of the data set.
    bitsAllocated: precision <= 8 ? 8 : 16,
    bitsStored: precision,
    isSigned: false,
  };
}

/**
 * True where the three components are YCbCr, to be turned into RGB: as the JPEG data itself says, by
 * Adobe's or the JFIF segment or the names of its components; else as the data set says. Many data sets
 * say RGB of data that is not. Lossless processes keep what they are given.
 */
function isYcbcr(header: JpegHeader, { photometricInterpretation: photometric }: PixelDescription): boolean {
  const { components, adobeTransform, isJfif } = header;
  if (components.length !== 3 || isLosslessProcess(header)) return false;
  if (adobeTransform !== undefined) return adobeTransform === 1;
  if (isJfif) return true;
  if (String.fromCharCode(...components) === 'RGB') return false;
  return photometric.startsWith('YBR_');
}

function photometricInterpretation(
  header: JpegHeader,
  { photometricInterpretation: photometric }: PixelDescription,
): string {
  if (header.components.length !== 3) return photometric;
  // Decoded, each pixel has all components.
  return isLosslessProcess(header) && photometric.startsWith('YBR_FULL') ? 'YBR_FULL' : 'RGB';
}
