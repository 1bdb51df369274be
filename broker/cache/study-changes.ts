import type { Uid } from '../domain/uid.ts';

/** Told of a study that came, grew, left, became complete, was pinned or described. */
export type StudyChangeListener = (archive: string, study: Uid) => void;

/** Changes gather for so long: a study is told of at most four times a second, however fast it grows. */
const gatherMs = 250;

/** Tells listeners which studies have changed. Costs next to nothing for each change, and nothing without listeners. */
export class StudyChanges {
  readonly #listeners = new Set<StudyChangeListener>();
  readonly #report: (thrown: unknown) => void;
  /** Of each archive. */
  #changed = new Map<string, Set<Uid>>();
  #timer: NodeJS.Timeout | undefined;
  /** What was noted last: instances of one study come one after the other. */
  #last: { readonly archive: string; readonly study: Uid } | undefined;

  /** @param report told what a listener throws */
  constructor(report: (thrown: unknown) => void) {
    this.#report = report;
  }

  /** The result takes the listener off again. */
  listen(listener: StudyChangeListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  note(archive: string, study: Uid): void {
    if (this.#last?.study === study && this.#last.archive === archive) return;
    if (this.#listeners.size === 0) return;
    this.#last = { archive, study };
    const studies = this.#changed.get(archive);
    if (studies === undefined) this.#changed.set(archive, new Set([study]));
    else studies.add(study);
    this.#timer ??= setTimeout(() => {
      this.#tell();
    }, gatherMs).unref();
  }

  /** Nobody is told any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Map();
    this.#timer = undefined;
    this.#last = undefined;
    for (const [archive, studies] of changed) {
      for (const study of studies)
        for (const listener of this.#listeners) this.#call(listener, archive, study);
    }
  }

  #call(listener: StudyChangeListener, archive: string, study: Uid): void {
    try {
      listener(archive, study);
    } catch (thrown) {
      this.#report(thrown);
    }
  }
}
