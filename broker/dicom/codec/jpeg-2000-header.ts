import { damagedFrame } from './damaged-frame.ts';

export interface Jpeg2000Component {
  readonly precision: number;
  readonly isSigned: boolean;
}

/** What the main header of a JPEG 2000 or HTJ2K codestream says (ITU-T T.800 annex A). */
export interface Jpeg2000Header {
  /** The codestream, without the boxes of a JP2 file around it. */
  readonly codestream: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  readonly components: readonly Jpeg2000Component[];
  /** True where each component has a sample for each pixel. */
  readonly isFull: boolean;
  /** The first three components were transformed (RCT or ICT); decoding undoes it. */
  readonly hasColourTransform: boolean;
  /** Block coding of ITU-T T.814. */
  readonly isHighThroughput: boolean;
  /** The last tile-part ends before the bytes do. */
  readonly isWhole: boolean;
}

const [soc, siz, cap, cod, sot] = [0xff4f, 0xff51, 0xff50, 0xff52, 0xff90];
const greatestComponents = 4;

/**
 * Reads the main header of a codestream, and walks through its tile-parts.
 * @throws BrokerError `malformed-data-set` where there is none
 */
export function readJpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  const codestream = withoutBoxes(bytes);
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.length);
  if (view.byteLength < 4 || view.getUint16(0) !== soc)
    throw damagedFrame('it does not begin as JPEG 2000 does');
  let size: ReturnType<typeof readSize> | undefined;
  let hasColourTransform = false;
  let isHighThroughput = false;
  for (let at = 2; at + 4 <= view.byteLength;) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === sot) {
      if (size === undefined) break;
      const isWhole = endOfTileParts(view, at) <= view.byteLength;
      return { codestream, ...size, hasColourTransform, isHighThroughput, isWhole };
    }
    if (marker < 0xff00 || length < 2 || at + 2 + length > view.byteLength) break;
    if (marker === siz) size = readSize(view, at + 4, length - 2);
    if (marker === cap) isHighThroughput = true;
    if (marker === cod && length >= 7) hasColourTransform = view.getUint8(at + 8) !== 0;
    at += 2 + length;
  }
  throw damagedFrame('its JPEG 2000 header is not whole');
}

function readSize(
  view: DataView,
  at: number,
  length: number,
): Pick<Jpeg2000Header, 'columns' | 'rows' | 'components' | 'isFull'> {
  if (length < 36) throw damagedFrame('its JPEG 2000 header is not whole');
  const count = view.getUint16(at + 34);
  if (count < 1 || count > greatestComponents || length < 36 + 3 * count) {
    throw damagedFrame(`it has ${count} components`);
  }
  const components: Jpeg2000Component[] = [];
  let isFull = true;
  for (let index = 0; index < count; index++) {
    const depth = view.getUint8(at + 36 + 3 * index);
    components.push({ precision: (depth & 0x7f) + 1, isSigned: depth >= 0x80 });
    if (view.getUint16(at + 37 + 3 * index) !== 0x0101) isFull = false;
  }
  return {
    columns: view.getUint32(at + 2) - view.getUint32(at + 10),
    rows: view.getUint32(at + 6) - view.getUint32(at + 14),
    components,
    isFull,
  };
}

/** The byte behind the last tile-part; infinite where a tile-part is not what it should be. */
function endOfTileParts(view: DataView, first: number): number {
  let at = first;
  while (at + 12 <= view.byteLength && view.getUint16(at) === sot) {
    const length = view.getUint32(at + 6);
    // Zero: up to the end of the codestream.
    if (length === 0) return view.byteLength;
    if (length < 14) return Infinity;
    at += length;
  }
  return at;
}

/** The codestream in a JP2 file, which some put into a frame although PS3.5 A.4.4 has none of its boxes. */
function withoutBoxes(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(4) !== 0x6a502020) return bytes;
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const start = at + (short === 1 ? 16 : 8);
    if (type === 0x6a703263) return bytes.subarray(start, short > 8 ? at + short : undefined);
    const length = short === 1 && at + 16 <= bytes.length ? Number(view.getBigUint64(at + 8)) : short;
    if (length < 8) break;
    at += length;
  }
  throw damagedFrame('its JP2 boxes hold no codestream');
}
