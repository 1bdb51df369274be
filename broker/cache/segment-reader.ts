import type { Stats } from 'node:fs';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Segment, SegmentFailure } from './reader-protocol.ts';
import { RecentChecks } from './recent-checks.ts';

/** Segments to read into a buffer, one after the other. */
export interface Fill {
  /** Whose buffer it is: a stream of bytes to one receiver, which reads at most one file at a time. */
  readonly stream: number;
  readonly buffer: SharedArrayBuffer;
  readonly segments: readonly Segment[];
}

interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly stats: Stats;
  /** The CRC-32 that it has to have, where that is to be checked. */
  readonly expected: number | undefined;
  crc: number;
}

/** Files up to this size are checked as a whole where a part of them is read. */
const largestToCheck = 64 * 1024 * 1024;
const checkLength = 1024 * 1024;

/** Codes of a file that is gone or that the disk cannot give back; others say nothing about the file. */
const damageCodes = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EIO'];

class Damage extends Error {}

const notAsReceived = 'its content is not what was received (CRC-32)';

/**
 * Reads segments of files into buffers with synchronous calls, which for many small files take a quarter
 * of the time of asynchronous ones; so it belongs into a thread that does nothing else.
 */
export class SegmentReader {
  /** The file that a stream is in the middle of. */
  readonly #open = new Map<number, OpenFile>();
  readonly #checks: RecentChecks;
  /** For checking whole files, made when it is first needed. */
  #scratch: Uint8Array | undefined;

  constructor(checks = new RecentChecks()) {
    this.#checks = checks;
  }

  /** Reads all segments up to the first that fails; the file of that one is closed. */
  fill({ stream, buffer, segments }: Fill): SegmentFailure | undefined {
    const bytes = new Uint8Array(buffer);
    for (const [index, segment] of segments.entries()) {
      try {
        this.#read(stream, segment, bytes.subarray(segment.at, segment.at + segment.length));
      } catch (thrown) {
        this.end(stream);
        return failureOf(thrown, segment, index);
      }
    }
    return undefined;
  }

  /** Closes the file that the stream is in the middle of, if there is one. */
  end(stream: number): void {
    const file = this.#open.get(stream);
    if (file === undefined) return;
    this.#open.delete(stream);
    closeSync(file.descriptor);
  }

  #read(stream: number, segment: Segment, target: Uint8Array): void {
    const file = segment.isFirst ? this.#openFile(stream, segment) : this.#open.get(stream);
    if (file?.path !== segment.path) throw new Error('it was being read when the reader was started anew');
    readWhole(file.descriptor, target, segment.position);
    if (file.expected !== undefined) file.crc = crc32(target, file.crc);
    if (!segment.isLast) return;
    if (file.expected !== undefined) {
      if (file.crc !== file.expected) throw new Damage(notAsReceived);
      this.#checks.note(file.path, file.expected, file.stats);
    }
    this.end(stream);
  }

  #openFile(stream: number, { path, fileSize, crc32: expected, wholeCrc32 }: Segment): OpenFile {
    this.end(stream);
    const descriptor = openSync(path, 'r');
    try {
      const stats = fstatSync(descriptor);
      if (stats.size !== fileSize) throw new Damage(`it has ${stats.size} bytes instead of ${fileSize}`);
      if (wholeCrc32 !== undefined)
        this.#checkWhole({ path, descriptor, stats, expected: wholeCrc32, crc: 0 });
      const isChecked = expected === undefined || this.#checks.has(path, expected, stats);
      const file = { path, descriptor, stats, expected: isChecked ? undefined : expected, crc: 0 };
      this.#open.set(stream, file);
      return file;
    } catch (thrown) {
      closeSync(descriptor);
      throw thrown;
    }
  }

  #checkWhole({ path, descriptor, stats, expected = 0 }: OpenFile): void {
    if (stats.size > largestToCheck || this.#checks.has(path, expected, stats)) return;
    const scratch = (this.#scratch ??= new Uint8Array(checkLength));
    let crc = 0;
    for (let at = 0; at < stats.size; at += checkLength) {
      const piece = scratch.subarray(0, Math.min(checkLength, stats.size - at));
      readWhole(descriptor, piece, at);
      crc = crc32(piece, crc);
    }
    if (crc !== expected) throw new Damage(notAsReceived);
    this.#checks.note(path, expected, stats);
  }
}

function readWhole(descriptor: number, target: Uint8Array, position: number): void {
  let read = 0;
  while (read < target.length) {
    const count = readSync(descriptor, target, read, target.length - read, position + read);
    if (count === 0) throw new Damage('it ends too early');
    read += count;
  }
}

function failureOf(thrown: unknown, { path }: Segment, segment: number): SegmentFailure {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const isDamage = thrown instanceof Damage || damageCodes.includes(code);
  const what =
    code === 'ENOENT' ? 'it is not there' : thrown instanceof Error ? thrown.message : String(thrown);
  return { segment, isDamage, reason: `${path}: ${what}` };
}
