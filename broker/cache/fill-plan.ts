import { BrokerError } from '../domain/errors.ts';
import type { DamagePlace, FilePart, Part } from './part.ts';
import type { Segment } from './reader-protocol.ts';

/** What goes into one buffer: bytes that are in it already, and segments of files to read into it. */
export interface FillPlan {
  /** Bytes of the buffer that are used once the segments are read. */
  readonly length: number;
  readonly segments: readonly Segment[];
  /** For each segment, what it is a piece of. */
  readonly places: readonly DamagePlace[];
}

/** Where parts come from: those that are there now. */
export interface PartQueue {
  peek(): Part | undefined;
  shift(): void;
}

/** The first buffers are filled in part only, each twice as far as the one before: the first byte comes early. */
const firstFill = 64 * 1024;

/**
 * Lays parts out in buffers, one after the other. A file with a CRC-32 that fits into a buffer is never
 * split, so that it can be checked before any of it is handed out; everything else fills what is left.
 */
export class FillPlanner {
  /** Bytes of the first part of the queue that are in earlier buffers. */
  #done = 0;
  #partIndex = 0;
  #enough: number;

  /** @param fillsAtOnce for little that is all there: one full buffer is sent sooner than several small ones */
  constructor(fillsAtOnce = false) {
    this.#enough = fillsAtOnce ? Infinity : firstFill;
  }

  /** True while a part of a file is in an earlier buffer and the rest is not. */
  get isInsidePart(): boolean {
    return this.#done > 0;
  }

  /** Fills `buffer` as far as the parts in `queue` allow. The queue must not be empty. */
  plan(queue: PartQueue, buffer: Uint8Array): FillPlan {
    const segments: Segment[] = [];
    const places: DamagePlace[] = [];
    let length = 0;
    for (let part = queue.peek(); part !== undefined && length < this.#enough; part = queue.peek()) {
      const whole = 'bytes' in part ? part.bytes.length : part.length;
      const rest = whole - this.#done;
      const room = buffer.length - length;
      const size = Math.min(rest, room);
      if ('bytes' in part) {
        buffer.set(part.bytes.subarray(this.#done, this.#done + size), length);
      } else {
        if (this.#done === 0) checkRange(part);
        if (rest > room && (room === 0 || mustStayWhole(part, buffer.length))) break;
        segments.push(segmentOf(part, { from: this.#done, size, at: length }));
        places.push({ part, partIndex: this.#partIndex, bytesOfPart: this.#done });
      }
      length += size;
      this.#done += size;
      if (size < rest) break;
      this.#done = 0;
      this.#partIndex += 1;
      queue.shift();
    }
    this.#enough = Math.min(this.#enough * 2, buffer.length);
    return { length, segments, places };
  }
}

function mustStayWhole(part: FilePart, bufferLength: number): boolean {
  return part.crc32 !== undefined && part.length <= bufferLength;
}

function segmentOf(part: FilePart, piece: { from: number; size: number; at: number }): Segment {
  return {
    path: part.path,
    position: part.offset + piece.from,
    length: piece.size,
    at: piece.at,
    isFirst: piece.from === 0,
    isLast: piece.from + piece.size === part.length,
    fileSize: part.fileSize ?? part.offset + part.length,
    crc32: part.crc32,
    wholeCrc32: part.wholeCrc32,
  };
}

function checkRange({ path, offset, length, fileSize = offset + length, crc32 }: FilePart): void {
  const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (isRange && offset + length <= fileSize && (crc32 === undefined || length === fileSize)) return;
  const range = `${length} bytes at ${offset} of ${fileSize}`;
  throw new BrokerError('internal', `This range of the file ${path} cannot be read and checked: ${range}.`);
}
