import type { Vr } from '../domain/vr.ts';

/** A value that takes the place of another, or stands where there was none. Of even length. */
export interface EditedValue {
  readonly vr: Vr;
  readonly bytes: Uint8Array;
}

/** Values by tag number; undefined: to be left out. */
export type LevelEdits = ReadonlyMap<number, EditedValue | undefined>;

/** What is changed in a data set, by the path of the level: empty for the data set itself, `00880200/1/` for an item. */
export type DataSetEdits = ReadonlyMap<string, LevelEdits>;

/** Follows a scan through the levels of a data set, and says which edits are due. */
export class EditCursor {
  readonly #edits: DataSetEdits;
  readonly #levels: { readonly path: string; readonly due: [number, EditedValue | undefined][] }[] = [];
  readonly #sequences: { readonly path: string; items: number }[] = [];

  constructor(edits: DataSetEdits) {
    this.#edits = edits;
    this.#enter('');
  }

  /** Takes the edits of this level that stand in front of that tag; up to the end of the level without one. */
  takeBefore(tag = Infinity): [number, EditedValue][] {
    const { due } = this.#levels.at(-1)!;
    const taken: [number, EditedValue][] = [];
    while (due[0] !== undefined && due[0][0] < tag) {
      const [at, value] = due.shift()!;
      if (value !== undefined) taken.push([at, value]);
    }
    return taken;
  }

  /** Takes the edit of that tag: null where there is none, undefined where it is to be left out. */
  take(tag: number): EditedValue | undefined | null {
    const { due } = this.#levels.at(-1)!;
    return due[0]?.[0] === tag ? due.shift()![1] : null;
  }

  sequenceStart(tag: number): void {
    const name = tag.toString(16).toUpperCase().padStart(8, '0');
    this.#sequences.push({ path: `${this.#levels.at(-1)!.path}${name}/`, items: 0 });
  }

  itemStart(): void {
    const sequence = this.#sequences.at(-1)!;
    sequence.items += 1;
    this.#enter(`${sequence.path}${sequence.items}/`);
  }

  itemEnd(): void {
    this.#levels.pop();
  }

  sequenceEnd(): void {
    this.#sequences.pop();
  }

  #enter(path: string): void {
    const due = [...(this.#edits.get(path) ?? [])].sort(([one], [other]) => one - other);
    this.#levels.push({ path, due });
  }
}
