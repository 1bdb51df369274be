import { damagedFrame } from './damaged-frame.ts';

/** What the header of a JPEG XL codestream says (ISO/IEC 18181-1 annex D). */
export interface JpegXlHeader {
  readonly columns: number;
  readonly rows: number;
  readonly precision: number;
}

/**
 * Reads the size and the bit depth of a JPEG XL image, bare or in a container.
 * @throws BrokerError `malformed-data-set` where there is none, or a kind that DICOM has no use for
 */
export function readJpegXlHeader(bytes: Uint8Array): JpegXlHeader {
  const codestream = withoutBoxes(bytes);
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a)
    throw damagedFrame('it does not begin as JPEG XL does');
  const bits = new Bits(codestream.subarray(2));
  const size = readSize(bits);
  // All default: 8 bits.
  if (bits.take(1) === 1) return { ...size, precision: 8 };
  if (bits.take(1) === 1) {
    const isTurned = bits.take(3) !== 0;
    if (bits.take(1) === 1) readSize(bits);
    if (isTurned || bits.take(1) === 1 || bits.take(1) === 1) {
      throw damagedFrame('a JPEG XL image that is turned, animated or has a preview is no DICOM frame');
    }
  }
  if (bits.take(1) === 1) throw damagedFrame('it has floating point samples');
  const selector = bits.take(2);
  return { ...size, precision: [8, 10, 12][selector] ?? 1 + bits.take(6) };
}

function readSize(bits: Bits): Pick<JpegXlHeader, 'columns' | 'rows'> {
  const isSmall = bits.take(1) === 1;
  const dimension = (): number =>
    isSmall ? (bits.take(5) + 1) * 8 : 1 + bits.take([9, 13, 18, 30][bits.take(2)]!);
  const rows = dimension();
  const [across, down] = ratios[bits.take(3)]!;
  const columns = across === 0 ? dimension() : Math.floor((rows * across) / down);
  return { columns, rows };
}

/** Width to height by the number in the header; the first means that the width follows. */
const ratios: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];

/** Numbers of some bits each, the least significant bit first. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw damagedFrame('its JPEG XL header is not whole');
      value += ((byte >> (this.#at & 7)) & 1) * 2 ** bit;
    }
    return value;
  }
}

function withoutBoxes(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(4) !== 0x4a584c20) return bytes;
  for (let at = 0; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    // jxlc holds all of the codestream; jxlp a part of it, behind its number.
    if (type === 0x6a786c63) return bytes.subarray(at + 8);
    if (type === 0x6a786c70) return bytes.subarray(at + 12);
    if (length < 8) break;
    at += length;
  }
  throw damagedFrame('its JPEG XL container holds no codestream');
}
