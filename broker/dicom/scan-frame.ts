import type { ElementStart, Layout } from './element-handler.ts';

/** What is open around a scanner's place: the data set, or a sequence, an item, pixel data in it. */
export interface ScanFrame {
  readonly kind: 'dataSet' | 'sequence' | 'item' | 'pixelData';
  /** Byte after its last, Infinity where a delimiter ends it. */
  readonly end: number;
  /** How the elements in it are written. */
  readonly layout: Layout;
  /** Tag number of the sequence or pixel data. */
  readonly tag: number;
}

const pixelData = 0x7fe00010;

/** True where a value of undefined length is made of fragments and not of items (PS3.5 A.4). */
export function isEncapsulated({ tag, vr, layout }: ElementStart): boolean {
  if (tag === pixelData) return true;
  return layout.explicitVr && vr !== 'SQ' && vr !== 'UN';
}

/** A frame in the words of an error text: "an item of sequence (0008,1140)". */
export function describeFrame({ kind, tag }: ScanFrame): string {
  if (kind === 'dataSet') return 'the data set';
  if (kind === 'item') return `an item of sequence ${describeTag(tag)}`;
  return `${kind === 'sequence' ? 'sequence' : 'pixel data'} ${describeTag(tag)}`;
}

/** A tag number as people write it: (0008,0018). */
export function describeTag(tag: number): string {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}
