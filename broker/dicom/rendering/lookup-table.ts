import type { DicomJson } from '../dicom-json.ts';
import { bytesOf, numbersOf } from './attribute-values.ts';

/** A table of a Modality LUT, VOI LUT or palette (PS3.3 sections C.11.1.1, C.11.2.1.1 and C.7.6.3.1.5). */
export interface LookupTable {
  /** The input that the first entry is for; what lies beyond either end gets the entry there. */
  readonly first: number;
  /** Bits of each entry. */
  readonly bits: number;
  readonly entries: Uint8Array | Uint16Array;
}

/** What a LUT Descriptor says: number of entries, first input, bits of an entry. */
export interface LutDescriptor {
  readonly count: number;
  readonly first: number;
  readonly bits: number;
}

/**
 * Reads a LUT Descriptor. 65536 entries are written as 0.
 * @param isSigned whether the first input is a signed number, whatever VR it was read by
 */
export function lutDescriptor(dataSet: DicomJson, tag: string, isSigned: boolean): LutDescriptor | undefined {
  const [entries, start, bits] = numbersOf(dataSet, tag);
  if (entries === undefined || start === undefined || bits === undefined) return undefined;
  if (!Number.isInteger(bits) || bits < 1 || bits > 16) return undefined;
  const first = start & 0xffff;
  return {
    count: (entries & 0xffff) === 0 ? 65536 : entries & 0xffff,
    first: isSigned && first >= 0x8000 ? first - 0x10000 : first,
    bits,
  };
}

/**
 * Reads the table of a LUT item: descriptor (0028,3002) and data (0028,3006).
 * @returns undefined where it is not whole
 */
export function lookupTable(item: DicomJson, isSigned: boolean): LookupTable | undefined {
  const descriptor = lutDescriptor(item, '00283002', isSigned);
  if (descriptor === undefined) return undefined;
  const { count, first, bits } = descriptor;
  const entries = lutEntries(item, '00283006', count);
  return entries === undefined ? undefined : { first, bits, entries };
}

/**
 * The entries of LUT data. Entries of 8 bits may stand two in a word, or one: the length tells.
 * @returns undefined where there are too few
 */
export function lutEntries(
  dataSet: DicomJson,
  tag: string,
  count: number,
): Uint8Array | Uint16Array | undefined {
  const bytes = lutBytes(dataSet, tag);
  if (bytes === undefined) return undefined;
  if (bytes.length >= 2 * count) return words(bytes, count);
  return bytes.length >= count ? Uint8Array.from(bytes.subarray(0, count)) : undefined;
}

/** LUT data as bytes in Little Endian, by whichever VR it was read: OW, or US or SS as numbers. */
export function lutBytes(dataSet: DicomJson, tag: string): Buffer | undefined {
  const inline = bytesOf(dataSet, tag);
  if (inline !== undefined) return inline;
  const numbers = numbersOf(dataSet, tag);
  if (numbers.length === 0) return undefined;
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, index) => bytes.writeUInt16LE(number & 0xffff, index * 2));
  return bytes;
}

export function words(bytes: Buffer, count: number): Uint16Array {
  const entries = new Uint16Array(count);
  for (let at = 0; at < count; at++) entries[at] = bytes.readUInt16LE(at * 2);
  return entries;
}

/** The entry for an input. */
export function lookUp({ first, entries }: LookupTable, input: number): number {
  const index = Math.floor(input) - first;
  return entries[index < 0 ? 0 : index >= entries.length ? entries.length - 1 : index]!;
}
