import { createReadStream } from 'node:fs';
import type { InstanceReader } from '../../cache/instance-reader.ts';
import { UnreadableInstanceError } from '../../cache/metadata.ts';
import { DamagedFileError, type Part } from '../../cache/part.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { inflateStream } from '../../dicom/inflate-stream.ts';
import type { Fragment } from '../../dicom/instance-description.ts';
import { swappedBytes } from '../../dicom/swap-bytes.ts';
import type { BulkContent } from './bulk-content.ts';
import type { ByteRange } from './byte-range.ts';

export interface BulkSource {
  readonly reader: InstanceReader;
  readonly instance: StoredInstance;
  /** True where places are those of the inflated data set. */
  readonly deflated: boolean;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a range of bulk data, in chunks each of which is valid until the next is asked for.
 * @throws UnreadableInstanceError where the file is not what it was; BrokerError as InstanceReader.read
 */
export async function* bulkBytes(
  source: BulkSource,
  { pieces, swapUnit }: Pick<BulkContent, 'pieces' | 'swapUnit'>,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (swapUnit === 1) {
    yield* stored(source, within(pieces, { start, end }));
    return;
  }
  // Numbers are turned as wholes, and cut afterwards.
  const from = start - (start % swapUnit);
  const to = Math.ceil(end / swapUnit) * swapUnit;
  const swapped = swappedBytes(stored(source, within(pieces, { start: from, end: to })), swapUnit);
  yield* cut(swapped, { start: start - from, end: end - from });
}

/** The parts of the pieces that are in a range of all of them. */
function within(pieces: readonly Fragment[], { start, end }: ByteRange): Fragment[] {
  const inside: Fragment[] = [];
  let at = 0;
  for (const { offset, length } of pieces) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) inside.push({ offset: offset + from, length: to - from });
    at += length;
  }
  return inside;
}

async function* stored(
  source: BulkSource,
  pieces: readonly Fragment[],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (source.deflated) {
    yield* inflated(source, pieces);
    return;
  }
  const { reader, instance, signal } = source;
  const { path, size, crc32 } = instance;
  const file = { path, fileSize: size, wholeCrc32: crc32 };
  const parts: Part[] = pieces.map(({ offset, length }) => ({ ...file, offset, length }));
  try {
    yield* reader.read(parts, signal);
  } catch (error) {
    throw error instanceof DamagedFileError ? new UnreadableInstanceError(instance, error) : error;
  }
}

/** Pieces in ascending order, of a data set that is inflated up to the last. */
async function* inflated(
  { instance, signal }: BulkSource,
  pieces: readonly Fragment[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(instance.path, { start: instance.dataSetOffset, signal });
  try {
    let at = 0;
    let next = 0;
    for await (const chunk of inflateStream(file as AsyncIterable<Buffer>)) {
      for (let piece = pieces[next]; piece !== undefined; piece = pieces[next]) {
        const inside = chunk.subarray(
          Math.max(piece.offset - at, 0),
          Math.max(piece.offset + piece.length - at, 0),
        );
        if (inside.length > 0) yield inside;
        if (piece.offset + piece.length > at + chunk.length) break;
        next += 1;
      }
      if (next === pieces.length) return;
      at += chunk.length;
    }
  } finally {
    file.destroy();
  }
}

async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for await (const chunk of chunks) {
    const inside = chunk.subarray(Math.max(start - at, 0), Math.max(end - at, 0));
    if (inside.length > 0) yield inside;
    at += chunk.length;
  }
}
