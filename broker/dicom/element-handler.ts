import type { Encoding } from '../domain/transfer-syntax.ts';
import type { Vr } from '../domain/vr.ts';

/** How element headers are written, and the byte order of numbers (PS3.5 section 7.1 and 7.3). */
export type Layout = Pick<Encoding, 'explicitVr' | 'bigEndian'>;

/** The length field of a sequence, item or pixel data that ends with a delimiter (PS3.5 section 7.5). */
export const undefinedLength = 0xffffffff;

/** The header of an element, as the scanner met it. */
export interface ElementStart {
  /** Group number × 65536 + element number. */
  readonly tag: number;
  /**
   * The VR as written, UN where what is written is none; in an implicit layout what the dictionary
   * says, undefined where it says nothing.
   */
  readonly vr: Vr | undefined;
  /** Bytes of the value, or `undefinedLength`. */
  readonly length: number;
  /** Byte of the data set at which the tag stands. */
  readonly offset: number;
  /** Byte of the data set at which the value begins. */
  readonly valueOffset: number;
  /** Sequence items around it: 0 at the top level. */
  readonly depth: number;
  readonly layout: Layout;
}

/** An item of a sequence, or a fragment of encapsulated pixel data. */
export interface ItemStart {
  /** Byte of the data set at which the item's tag stands. */
  readonly offset: number;
  /** Bytes of the item without its header, or `undefinedLength` (never for a fragment). */
  readonly length: number;
}

/**
 * Told by an ElementScanner what it meets, in the order of the bytes. What is not implemented is
 * not reported.
 */
export interface ElementHandler {
  /** An element with a value, also an empty one. Return true to be given its bytes. */
  element(element: ElementStart): boolean;
  /** Bytes of the value or fragment that was asked for: a view of the chunk that is being scanned. */
  value?(bytes: Uint8Array): void;
  /** The value or fragment that was asked for is whole. */
  valueEnd?(): void;
  /**
   * A sequence begins. Return false to have one of defined length skipped as a whole, without a
   * sequenceEnd; one of undefined length is walked through in any case, as its end has to be found.
   */
  sequenceStart?(element: ElementStart): boolean;
  itemStart?(item: ItemStart): void;
  itemEnd?(): void;
  sequenceEnd?(): void;
  /** Encapsulated pixel data begins (PS3.5 A.4). */
  pixelDataStart?(element: ElementStart): void;
  /** A fragment, the Basic Offset Table being the first. Return true to be given its bytes. */
  fragment?(fragment: ItemStart): boolean;
  pixelDataEnd?(): void;
}
