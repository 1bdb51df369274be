import type { Stats } from 'node:fs';

interface Check {
  readonly crc32: number;
  readonly inode: number;
  readonly changedAt: number;
  readonly checkedAt: number;
}

/** How long a file counts as checked that nobody has changed: about as long as it stays in memory. */
const validForMs = 10 * 60_000;
const capacity = 16_384;

/**
 * Remembers which files were found to be as they were received, so that a study that is sent several times
 * in a row is not checked each time. A file that was written to since, or replaced, is another one.
 */
export class RecentChecks {
  readonly #checks = new Map<string, Check>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  has(path: string, crc32: number, { ino, ctimeMs }: Stats): boolean {
    const check = this.#checks.get(path);
    return (
      check?.crc32 === crc32 &&
      check.inode === ino &&
      check.changedAt === ctimeMs &&
      this.#now() - check.checkedAt < validForMs
    );
  }

  /** @param stats what they were before the file was read */
  note(path: string, crc32: number, stats: Stats): void {
    const [oldest] = this.#checks.keys();
    if (this.#checks.size >= capacity && oldest !== undefined) this.#checks.delete(oldest);
    this.#checks.delete(path);
    this.#checks.set(path, { crc32, inode: stats.ino, changedAt: stats.ctimeMs, checkedAt: this.#now() });
  }
}
