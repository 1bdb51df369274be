import { damagedFrame } from './damaged-frame.ts';

/** What stands in front of the first scan of a JPEG or JPEG-LS image. */
export interface JpegHeader {
  /** Second byte of the SOF marker: C0 baseline, C1 extended, C3 lossless, F7 JPEG-LS, … */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  /** Component identifiers, as character codes where an encoder names them R, G and B. */
  readonly components: readonly number[];
  /** The transform that Adobe's APP14 segment names: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
  /** A JFIF segment stands at the start: colour images are YCbCr. */
  readonly isJfif: boolean;
  /** Of the first scan of JPEG-LS: 0 by planes, 1 by lines, 2 by samples. */
  readonly interleave: number;
}

const startOfImage = 0xd8;
const startOfScan = 0xda;
const jpegLsFrame = 0xf7;

/** Markers that have no length: TEM, RST0 to RST7, SOI and EOI. */
function isBare(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
}

function isFrame(marker: number): boolean {
  return (
    (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) ||
    marker === jpegLsFrame
  );
}

/** True of the processes that lose nothing (ITU-T T.81 table B.1: SOF3, 7, 11 and 15). */
export function isLosslessProcess({ process }: Pick<JpegHeader, 'process'>): boolean {
  return (process & 0xf3) === 0xc3;
}

/**
 * Reads the header of a JPEG (ITU-T T.81 annex B) or JPEG-LS (T.87 annex C) image.
 * @throws BrokerError `malformed-data-set` where there is none
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) throw damagedFrame('it does not begin as JPEG does');
  let frame: Omit<JpegHeader, 'adobeTransform' | 'isJfif' | 'interleave'> | undefined;
  let adobeTransform: number | undefined;
  let isJfif = false;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint8(at + 1);
    if (bytes[at] !== 0xff) throw damagedFrame('its JPEG header is damaged');
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || at + 2 + length > bytes.length) break;
    if (marker === startOfScan) {
      if (frame === undefined) break;
      // Behind the components of the scan: NEAR, then ILV.
      const interleave = segment[1 + (segment[0] ?? 0) * 2 + 1] ?? 0;
      return { ...frame, adobeTransform, isJfif, interleave };
    }
    if (isFrame(marker)) {
      if (frame !== undefined) throw damagedFrame('it has more than one JPEG frame header');
      frame = readFrame(marker, segment);
    }
    if (marker === 0xee && startsWith(segment, 'Adobe')) adobeTransform = segment[11];
    if (marker === 0xe0 && startsWith(segment, 'JFIF\0')) isJfif = true;
    at += 2 + length;
  }
  throw damagedFrame('its JPEG header is not whole');
}

function readFrame(
  process: number,
  segment: Uint8Array,
): Omit<JpegHeader, 'adobeTransform' | 'isJfif' | 'interleave'> {
  const count = segment[5] ?? 0;
  if (segment.length < 6 + 3 * count) throw damagedFrame('its JPEG header is not whole');
  return {
    process,
    precision: segment[0]!,
    rows: (segment[1]! << 8) | segment[2]!,
    columns: (segment[3]! << 8) | segment[4]!,
    components: Array.from({ length: count }, (_, index) => segment[6 + index * 3]!),
  };
}

function startsWith(segment: Uint8Array, text: string): boolean {
  return (
    Buffer.from(segment.buffer, segment.byteOffset, segment.length).toString('latin1', 0, text.length) ===
    text
  );
}
