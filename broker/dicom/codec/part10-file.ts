import { closeSync, openSync, writeSync } from 'node:fs';
import { BrokerError } from '../../domain/errors.ts';

/** A file that is being written, from its first byte to its last. For worker threads: it writes synchronously. */
export class Part10File implements Disposable {
  readonly #descriptor: number;
  #size = 0;

  /** @throws Error where the file exists, or cannot be made */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  /** Bytes that have been written. */
  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    this.#write(bytes, this.#size);
    this.#size += bytes.length;
  }

  /** Writes over bytes that have been written. */
  overwrite(at: number, bytes: Uint8Array): void {
    this.#write(bytes, at);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** @throws BrokerError `disk-full` where there is no room */
  #write(bytes: Uint8Array, at: number): void {
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written, at + written);
      }
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && /^(ENOSPC|EDQUOT)$/.test(String(cause.code))))
        throw cause;
      throw new BrokerError('disk-full', 'There is no room for a converted instance beside the cache.', {
        cause,
      });
    }
  }
}
