import type { PixelDescription } from '../pixel-description.ts';
import { fromCodec } from './codec-output.ts';
import { damagedFrame } from './damaged-frame.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { expectHeader } from './expected-header.ts';
import { type Jpeg2000Header, readJpeg2000Header } from './jpeg-2000-header.ts';
import { readJpegXlHeader } from './jpeg-xl-header.ts';
import { NativeCodecs } from './native-codecs.ts';
import { cells } from './sample-cells.ts';

/** JPEG 2000 (PS3.5 A.4.4). */
export async function decodeJpeg2000(bytes: Uint8Array, pixels: PixelDescription): Promise<DecodedFrame> {
  const header = readJpeg2000Header(bytes);
  // What is declared as plain JPEG 2000 may have been replaced on its way.
  if (header.isHighThroughput) return decodeHighThroughput(header, pixels);
  const precision = precisionOf(header, pixels);
  if (precision > 8 && header.components.length > 1) {
    throw damagedFrame('colour images of more than 8 bits cannot be decoded from JPEG 2000 here');
  }
  const codecs = await NativeCodecs.shared();
  const layout = { ...layoutOf(header), bitsAllocated: precision <= 8 ? 8 : 16, bitsStored: precision };
  const { bytes: decoded } = codecs.decode('Jpeg2000', layout, header.codestream);
  return fromCodec(
    { decoded, precision, photometricInterpretation: photometricInterpretation(header, pixels) },
    pixels,
  );
}

/** High-Throughput JPEG 2000 (PS3.5 A.4.11). */
export async function decodeHtJpeg2000(bytes: Uint8Array, pixels: PixelDescription): Promise<DecodedFrame> {
  return decodeHighThroughput(readJpeg2000Header(bytes), pixels);
}

async function decodeHighThroughput(header: Jpeg2000Header, pixels: PixelDescription): Promise<DecodedFrame> {
  const precision = precisionOf(header, pixels);
  const isSigned = header.components[0]?.isSigned === true;
  if (!header.isHighThroughput) throw damagedFrame('it is no HTJ2K codestream');
  // The codec fills in what is missing with zeros, without a word.
  if (!header.isWhole) throw damagedFrame('its codestream ends before its last tile-part does');
  const codecs = await NativeCodecs.shared();
  // In cells of 8 bits the codec takes all samples for unsigned, and cuts off what is negative.
  const isNarrow = precision <= 8 && !isSigned;
  const layout = { ...layoutOf(header), bitsAllocated: isNarrow ? 8 : 16, bitsStored: precision, isSigned };
  const { bytes: decoded } = codecs.decode('HtJpeg2000', layout, header.codestream);
  const samples = precision <= 8 && !isNarrow ? Buffer.from(cells(decoded, 16)) : decoded;
  return fromCodec(
    { decoded: samples, precision, photometricInterpretation: photometricInterpretation(header, pixels) },
    pixels,
  );
}

/** JPEG XL (PS3.5 A.4.12). */
export async function decodeJpegXl(bytes: Uint8Array, pixels: PixelDescription): Promise<DecodedFrame> {
  const header = readJpegXlHeader(bytes);
  const { precision } = header;
  const { samplesPerPixel } = pixels;
  if (precision > 16) throw damagedFrame(`its samples have ${precision} bits`);
  // The codec itself refuses another number of colour channels.
  expectHeader({ ...header, samplesPerPixel }, pixels);
  const codecs = await NativeCodecs.shared();
  const wide = precision > 8;
  const layout = {
    columns: header.columns,
    rows: header.rows,
    samplesPerPixel,
    bitsAllocated: wide ? 16 : 8,
    bitsStored: precision,
    isSigned: false,
  };
  const { bytes: decoded } = codecs.decode('JpegXl', layout, bytes);
  if (precision < (wide ? 16 : 8)) unscale(cells(decoded, wide ? 16 : 8), precision, wide ? 65535 : 255);
  const photometric = samplesPerPixel === 3 ? 'RGB' : pixels.photometricInterpretation;
  return fromCodec({ decoded, precision, photometricInterpretation: photometric }, pixels);
}

/** The codec stretches samples over all values of their cells. */
function unscale(samples: Uint8Array | Uint16Array, precision: number, most: number): void {
  const factor = (2 ** precision - 1) / most;
  for (let at = 0; at < samples.length; at++) samples[at] = Math.round(samples[at]! * factor);
}

function precisionOf(header: Jpeg2000Header, pixels: PixelDescription): number {
  const { components, isFull } = header;
  const { precision, isSigned } = components[0]!;
  if (!isFull || components.some((some) => some.precision !== precision || some.isSigned !== isSigned)) {
    throw damagedFrame('its JPEG 2000 components differ in size, precision or sign');
  }
  if (precision > 16) throw damagedFrame(`its samples have ${precision} bits`);
  expectHeader({ ...header, samplesPerPixel: components.length, precision }, pixels);
  return precision;
}

function layoutOf({ columns, rows, components }: Jpeg2000Header): {
  columns: number;
  rows: number;
  samplesPerPixel: number;
  isSigned: boolean;
} {
  return { columns, rows, samplesPerPixel: components.length, isSigned: false };
}

function photometricInterpretation(header: Jpeg2000Header, pixels: PixelDescription): string {
  const { photometricInterpretation: photometric } = pixels;
  if (header.components.length !== 3) return photometric;
  return !header.hasColourTransform && photometric.startsWith('YBR_FULL') ? 'YBR_FULL' : 'RGB';
}
