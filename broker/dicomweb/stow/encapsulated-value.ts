import type { StreamedValue } from '../../dicom/data-set-writer.ts';
import type { BulkPart } from '../bulkdata/bulk-parts.ts';

const item = 0xfffee000;
const sequenceDelimitation = 0xfffee0dd;
const headerLength = 8;

/**
 * Compressed pixel data as it stands in a data set (PS3.5 annex A.4): a Basic Offset Table, empty where there
 * is one frame, then each part as a fragment of its own.
 */
export function encapsulatedValue(parts: readonly BulkPart[]): StreamedValue {
  const lengths = parts.map(({ part }) => part.length + (part.length % 2));
  const table = Buffer.alloc(parts.length > 1 ? 4 * parts.length : 0);
  let offset = 0;
  if (table.length > 0) {
    lengths.forEach((length, index) => {
      table.writeUInt32LE(offset, 4 * index);
      offset += headerLength + length;
    });
  }
  const fragments = lengths.reduce((sum, length) => sum + headerLength + length, 0);
  async function* stream(): AsyncGenerator<Buffer, void, undefined> {
    yield Buffer.concat([delimiter(item, table.length), table]);
    for (const [index, { part }] of parts.entries()) {
      yield delimiter(item, lengths[index] ?? 0);
      yield* part.stream();
      if (part.length % 2 === 1) yield Buffer.alloc(1);
    }
    yield delimiter(sequenceDelimitation, 0);
  }
  return { length: 2 * headerLength + table.length + fragments, isEncapsulated: true, stream };
}

/** A value as it is, padded to an even length. */
export function plainValue({ part }: BulkPart): StreamedValue {
  async function* padded(): AsyncGenerator<Buffer, void, undefined> {
    yield* part.stream();
    yield Buffer.alloc(1);
  }
  return part.length % 2 === 0
    ? { length: part.length, stream: () => part.stream() }
    : { length: part.length + 1, stream: padded };
}

function delimiter(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(headerLength);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}
