import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trashDirectory } from './instance-path.ts';

/**
 * Takes files and directories out of the cache in one step, whatever their size, and removes them from
 * the disk afterwards. What is left of them after a crash is removed when the cache is opened.
 */
export class Trash {
  readonly #directory: string;
  readonly #removals = new Set<Promise<void>>();

  constructor(cacheDir: string) {
    this.#directory = trashDirectory(cacheDir);
  }

  /**
   * Moves what stands at `path`; nothing there is no error.
   * @returns where it is now, for `remove`, or undefined where there was nothing
   * @throws the file system's error
   */
  take(path: string): string | undefined {
    const taken = join(this.#directory, randomUUID());
    try {
      renameSync(path, taken);
      return taken;
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
      throw thrown;
    }
  }

  /** Removes what was taken. Rejects with the file system's error. */
  async remove(taken: string): Promise<void> {
    const removal = rm(taken, { recursive: true, force: true });
    this.#removals.add(removal);
    try {
      await removal;
    } finally {
      this.#removals.delete(removal);
    }
  }

  /** Takes and removes what stands at `path`. @param failed told why that could not be */
  discard(path: string, failed: (thrown: unknown) => void): void {
    try {
      const taken = this.take(path);
      if (taken !== undefined) this.remove(taken).catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  /** Settles once nothing is being removed any more, whatever came of it. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#removals);
  }
}
