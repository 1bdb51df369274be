import type { Uid } from '../domain/uid.ts';

/** Counts who is receiving or sending a study: such a study does not leave the cache. */
export class StudyHolds {
  readonly #counts = new Map<string, number>();

  /** @param released called when this hold is given up, which counts once */
  hold(archive: string, study: Uid, released: () => void): Disposable {
    const key = `${archive}/${study}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        const rest = (this.#counts.get(key) ?? 1) - 1;
        if (rest === 0) this.#counts.delete(key);
        else this.#counts.set(key, rest);
        released();
      },
    };
  }

  isHeld(archive: string, study: Uid): boolean {
    return this.#counts.has(`${archive}/${study}`);
  }
}
