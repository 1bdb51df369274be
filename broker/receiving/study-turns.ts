import type { Expectation } from './protocol.ts';

interface Turn {
  /** Whose turn it is, and how many of its retrievals have it. */
  readonly archive: string;
  holders: number;
  readonly waiting: (() => void)[];
}

/**
 * Archives that send under the same AE title take turns with a study, since nothing in a C-STORE request
 * tells whose instance it is then. Retrievals of one archive have the turn together.
 */
export class StudyTurns {
  readonly #turns = new Map<string, Turn>();

  /** Waits for the turn of an archive; disposing of the result gives it back. */
  async take({ archive, study, archiveAeTitle }: Expectation): Promise<Disposable> {
    const key = `${archiveAeTitle}\\${study}`;
    for (;;) {
      const turn = this.#turns.get(key);
      // Whoever comes while another archive waits stands behind it.
      if (turn === undefined || (turn.archive === archive && turn.waiting.length === 0)) break;
      await new Promise<void>((resolve) => turn.waiting.push(resolve));
    }
    const turn = this.#turns.get(key) ?? { archive, holders: 0, waiting: [] };
    turn.holders += 1;
    this.#turns.set(key, turn);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#giveBack(key, turn);
        isHeld = false;
      },
    };
  }

  #giveBack(key: string, turn: Turn): void {
    turn.holders -= 1;
    if (turn.holders > 0) return;
    this.#turns.delete(key);
    for (const proceed of turn.waiting) proceed();
  }
}
