import type { CacheLogger } from './cache-logger.ts';
import type { InstanceIndex } from './instance-index.ts';

export interface IndexFlushOptions {
  readonly index: InstanceIndex;
  readonly logger: CacheLogger;
  /** Called after changes were written in time. */
  readonly onWritten: () => void;
}

/** How long changes gather, and how many at most: as much as fits into a few milliseconds. */
const flushAfterMs = 20;
const flushAt = 256;
const retryAfterMs = 1000;

/** Writes what has gathered in the index, a moment after it came or when it has become much. */
export class IndexFlush {
  readonly #options: IndexFlushOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IndexFlushOptions) {
    this.#options = options;
  }

  /** Something has been added to the index. */
  noteChange(): void {
    if (this.#options.index.pending % flushAt === 0) this.now();
    this.#soon(flushAfterMs);
  }

  /** False where it failed: what is not written is kept for the next time. */
  now(): boolean {
    try {
      this.#options.index.flush();
      return true;
    } catch (thrown) {
      this.#options.logger.error({ err: thrown }, 'The cache index cannot be written.');
      return false;
    }
  }

  /** Writes once more, and no more after that. */
  close(): void {
    clearTimeout(this.#timer);
    this.now();
  }

  #soon(afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.now()) this.#options.onWritten();
      else this.#soon(retryAfterMs);
    }, afterMs).unref();
  }
}
