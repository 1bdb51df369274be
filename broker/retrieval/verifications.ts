/** Entries that are kept; the oldest go first, which costs one query more later. */
const maxEntries = 10_000;

/** When it was last seen at the archive that a cached study or series is whole. Of this process only. */
export class Verifications {
  readonly #at = new Map<string, number>();

  note(key: string): void {
    this.#at.delete(key);
    this.#at.set(key, performance.now());
    if (this.#at.size <= maxEntries) return;
    const [oldest] = this.#at.keys();
    if (oldest !== undefined) this.#at.delete(oldest);
  }

  /** Forgets a resource and what lies in it. */
  forget(key: string): void {
    for (const known of this.#at.keys()) {
      if (known === key || known.startsWith(`${key}/`)) this.#at.delete(known);
    }
  }

  /** True where one of the keys, a resource or what it lies in, was noted less than `maxAgeMs` ago. */
  isFresh(keys: readonly string[], maxAgeMs: number): boolean {
    const now = performance.now();
    return keys.some((key) => now - (this.#at.get(key) ?? -Infinity) < maxAgeMs);
  }
}
