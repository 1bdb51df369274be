import type { BulkValue } from './bulk-value.ts';
import type { ByteWindow } from './byte-window.ts';
import type { DicomJson } from './dicom-json.ts';
import type { EncapsulatedPixelData, PixelData } from './instance-description.ts';

/** What has been read of an instance so far. */
interface Read {
  /** The bytes that `bulk` counts in. */
  readonly window: ByteWindow;
  readonly dataSet: DicomJson;
  readonly bulk: readonly BulkValue[];
  /** What is wrong with the tables is added. */
  readonly problems: string[];
}

const pixelDataPaths: ReadonlySet<string> = new Set(['7FE00008', '7FE00009', '7FE00010']);
const extendedOffsetTable = '7FE00001';
/** Enough for eight million frames. */
const longestTable = 64 * 1024 * 1024;

/** The place of the pixel data of the image itself (icons have theirs too), with its offset tables. */
export function pixelDataOf(read: Read): PixelData | undefined {
  const value = read.bulk.find(({ path }) => pixelDataPaths.has(path));
  if (value === undefined) return undefined;
  if (value.items === undefined) {
    return { kind: 'native', vr: value.vr, offset: value.offset, length: value.length };
  }
  const [table, ...fragments] = value.items;
  return {
    kind: 'encapsulated',
    fragments,
    basicOffsetTable: table === undefined ? [] : readTable(read, table, 4),
    extendedOffsetTable: readExtendedOffsetTable(read),
  };
}

function readExtendedOffsetTable(read: Read): EncapsulatedPixelData['extendedOffsetTable'] {
  const place = read.bulk.find(({ path }) => path === extendedOffsetTable);
  if (place !== undefined) return readTable(read, place, 8);
  const inline = read.dataSet[extendedOffsetTable]?.InlineBinary;
  return inline === undefined ? [] : numbers(read, Buffer.from(inline, 'base64'), 8);
}

/** The Little Endian numbers of a table; encapsulated pixel data exists in Little Endian only. */
function readTable(read: Read, place: { offset: number; length: number }, size: 4 | 8): number[] {
  if (place.length > longestTable) {
    read.problems.push(`An offset table has ${place.length} bytes, which is more than is read.`);
    return [];
  }
  const { window } = read;
  window.load(place.offset, place.length);
  const start = place.offset - window.base;
  return numbers(read, window.buffer.subarray(start, start + place.length), size);
}

function numbers({ problems }: Read, bytes: Buffer, size: 4 | 8): number[] {
  const table: number[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    table.push(size === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at)));
  }
  if (table.every(Number.isSafeInteger)) return table;
  problems.push('The Extended Offset Table has offsets beyond any file.');
  return [];
}
