import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BrokerError } from '../domain/errors.ts';

/**
 * A log file that is renamed to `<file>.1`, `<file>.2` and so on when it would grow past its size.
 * Writes are synchronous: an entry is in the file before the process can end, and none waits in memory.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #maxSize: number;
  readonly #maxCount: number;
  #descriptor: number | undefined;
  #size = 0;
  #lost = 0;

  /**
   * @param path the file that is written; its directory is made
   * @param limits `maxSizeInBytes` of one file, `maxCount` files in all, the current one included
   * @throws BrokerError `configuration` where the file cannot be opened for writing
   */
  constructor(path: string, limits: { readonly maxSizeInBytes: number; readonly maxCount: number }) {
    this.#path = resolve(path);
    this.#maxSize = limits.maxSizeInBytes;
    this.#maxCount = limits.maxCount;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#open();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BrokerError('configuration', `The log file ${path} cannot be written: ${reason}.`, {
        remedy:
          'Name a file in a directory that the gateway may write to, or none to log to the console only.',
        cause: error,
      });
    }
  }

  /** Entries that could not be written, for example because the disk was full. */
  get lost(): number {
    return this.#lost;
  }

  /** Appends one entry. A disk that fails loses log entries, it does not stop the gateway. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    try {
      if (this.#size > 0 && this.#size + bytes.length > this.#maxSize) this.#rotate();
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#descriptor ?? this.#open(), bytes, written);
      this.#size += bytes.length;
    } catch {
      this.#lost += 1;
    }
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    closeSync(descriptor);
  }

  #open(): number {
    // Others on the machine have no business in a log that names studies and who asked for them.
    this.#descriptor = openSync(this.#path, 'a', 0o640);
    this.#size = fstatSync(this.#descriptor).size;
    return this.#descriptor;
  }

  #rotate(): void {
    this.close();
    try {
      if (this.#maxCount <= 1) rmSync(this.#path, { force: true });
      for (let number = this.#maxCount - 1; number >= 1; number -= 1) {
        renameIfThere(
          number === 1 ? this.#path : `${this.#path}.${String(number - 1)}`,
          `${this.#path}.${String(number)}`,
        );
      }
    } finally {
      this.#open();
    }
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
