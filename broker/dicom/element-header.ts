import { hasLongLength, vrs } from '../domain/vr.ts';
import type { Vr } from '../domain/vr.ts';
import type { Layout } from './element-handler.ts';

/** Bytes of the longest element header: explicit, with reserved bytes and a 32-bit length. */
export const longestHeader = 12;

/** Group of items and delimiters, which have no VR in any layout (PS3.5 section 7.5). */
const delimiterGroup = 0xfffe;

interface KnownVr {
  readonly vr: Vr;
  readonly long: boolean;
}

const knownVrs: ReadonlyMap<number, KnownVr> = new Map(
  vrs.map((vr) => [(vr.charCodeAt(0) << 8) | vr.charCodeAt(1), { vr, long: hasLongLength(vr) }]),
);

/**
 * Reads element headers (PS3.5 section 7.1) into its own fields, so that the hot loop of a scan
 * makes no objects.
 */
export class ElementHeader {
  /** How the headers that are read next are written. */
  layout: Layout;
  /** Group number × 65536 + element number. */
  tag = 0;
  /** The VR as written, UN where what is written is none; undefined in an implicit layout and for items. */
  vr: Vr | undefined;
  /** The length field. */
  length = 0;
  /** Bytes of the header itself: 8 or 12. */
  size = 0;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** Reads the header at byte `at` of the view; false where its bytes, up to `end`, are not all there. */
  read(view: DataView, at: number, end: number): boolean {
    if (end - at < 8) return false;
    const little = !this.layout.bigEndian;
    const group = view.getUint16(at, little);
    this.tag = group * 0x10000 + view.getUint16(at + 2, little);
    this.size = 8;
    if (this.layout.explicitVr && group !== delimiterGroup) return this.#readVr(view, at, end);
    this.vr = undefined;
    this.length = view.getUint32(at + 4, little);
    return true;
  }

  #readVr(view: DataView, at: number, end: number): boolean {
    const little = !this.layout.bigEndian;
    const letters = view.getUint16(at + 4, false);
    const known = knownVrs.get(letters);
    if (known === undefined ? mayBeNewVr(letters, view.getUint16(at + 6)) : known.long) {
      if (end - at < longestHeader) return false;
      this.size = longestHeader;
      this.length = view.getUint32(at + 8, little);
    } else {
      this.length = view.getUint16(at + 6, little);
    }
    this.vr = known === undefined ? 'UN' : known.vr;
    return true;
  }
}

/**
 * True where two letters that are no VR may be one that the standard adds later: those have two
 * reserved bytes, which are zero, and a 32-bit length (PS3.5 section 6.2). What is not two capital
 * letters ('??', spaces, NUL) is written by faulty software in front of a 16-bit length.
 */
function mayBeNewVr(letters: number, reserved: number): boolean {
  return isCapital(letters >> 8) && isCapital(letters & 0xff) && reserved === 0;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

/**
 * The layout that a data set really has, seen from the first 8 bytes of its first element, which are
 * at byte `at`: some are written with implicit VR although they are declared explicit, and the other
 * way round. Only where there is no doubt: no VR has a control character in it, and no first element
 * of the standard (their groups are 0008 and below) has a length of 16,705 bytes or more.
 */
export function layoutOfFirstElement(view: DataView, at: number, declared: Layout): Layout {
  if (declared.bigEndian) return declared;
  const letters = view.getUint16(at + 4);
  if (declared.explicitVr) {
    const length = view.getUint32(at + 4, true);
    const isImplicit = length > 0 && length < 0x10000 && (letters & 0xff) < 0x20;
    return isImplicit ? { ...declared, explicitVr: false } : declared;
  }
  const isExplicit = knownVrs.has(letters) && view.getUint16(at, true) <= 0x0008;
  return isExplicit ? { ...declared, explicitVr: true } : declared;
}
