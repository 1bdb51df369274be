import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BrokerError } from '../domain/errors.ts';
import type { ByteWindow } from './byte-window.ts';

/** Behind a value that was passed over comes a header, or a few: little is read then, more if they go on. */
const shortestRead = 4 * 1024;
const longestRead = 256 * 1024;

/**
 * A window that moves over a file, with synchronous reads: for worker threads. It is as large as the
 * largest piece that was asked for, whatever the size of the file.
 */
export class FileWindow implements ByteWindow, Disposable {
  readonly #descriptor: number;
  readonly #size: number;
  #memory = Buffer.allocUnsafeSlow(shortestRead);
  #readLength = shortestRead;
  #buffer = this.#memory.subarray(0, 0);
  #view = new DataView(this.#memory.buffer, 0, 0);
  #base = 0;

  /** @throws BrokerError `cache-damaged` where the file is not there or does not have `size` bytes */
  constructor(path: string, size: number) {
    this.#descriptor = opened(path);
    this.#size = size;
    const actual = fstatSync(this.#descriptor).size;
    if (actual === size) return;
    closeSync(this.#descriptor);
    throw new BrokerError('cache-damaged', `The file ${path} has ${actual} bytes instead of ${size}.`);
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  get view(): DataView {
    return this.#view;
  }

  get base(): number {
    return this.#base;
  }

  load(from: number, length: number): void {
    const windowEnd = this.#base + this.#buffer.length;
    if (from >= this.#base && Math.min(from + length, this.#size) <= windowEnd) return;
    const goesOn = from >= this.#base && from <= windowEnd;
    this.#readLength = goesOn ? Math.min(2 * this.#readLength, longestRead) : shortestRead;
    this.#read(from, Math.max(0, Math.min(Math.max(length, this.#readLength), this.#size - from)));
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #read(from: number, length: number): void {
    if (this.#memory.length < length) this.#memory = Buffer.allocUnsafeSlow(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.#descriptor, this.#memory, read, length - read, from + read);
      if (count === 0) throw new BrokerError('cache-damaged', 'A file ended while it was being read.');
      read += count;
    }
    this.#base = from;
    this.#buffer = this.#memory.subarray(0, length);
    this.#view = new DataView(this.#memory.buffer, 0, length);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BrokerError('cache-damaged', `A file cannot be read: ${reason}.`, { cause });
  }
}
