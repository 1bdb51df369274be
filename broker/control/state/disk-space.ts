import { statfs } from 'node:fs/promises';

const askAgainAfterMs = 10_000;

/** Free space on the disk of a directory, asked for now and then and never waited for. */
export class DiskSpace {
  #directory = '';
  #askedAt = Number.NEGATIVE_INFINITY;
  #free: number | undefined;
  #isAsking = false;

  /** Bytes that are free; undefined until that is known. A slow disk delays nobody. */
  free(directory: string, now = performance.now()): number | undefined {
    if (directory !== this.#directory) {
      this.#directory = directory;
      this.#free = undefined;
      this.#askedAt = Number.NEGATIVE_INFINITY;
    }
    if (!this.#isAsking && now - this.#askedAt >= askAgainAfterMs) {
      this.#askedAt = now;
      void this.#ask(directory);
    }
    return this.#free;
  }

  async #ask(directory: string): Promise<void> {
    this.#isAsking = true;
    try {
      const { bavail, bsize } = await statfs(directory);
      if (directory === this.#directory) this.#free = bavail * bsize;
    } catch {
      // A directory that is gone has other ways to be noticed.
      if (directory === this.#directory) this.#free = undefined;
    } finally {
      this.#isAsking = false;
    }
  }
}
