import { type Answer, FindRun } from './find-run.svelte.ts';
import { type Level, instanceUid, levelBelow, seriesUid, studyUid } from './level-attributes.ts';
import { type KeptDraft, QueryDraft } from './query-draft.svelte.ts';

/** A query that the present one lies under. */
interface Above {
  readonly draft: KeptDraft;
  readonly run: FindRun;
  /** The row that was gone into, in words. */
  readonly row: string;
}

/** The UIDs that name a row, as far as they are known. */
export interface RowUids {
  readonly study: string | undefined;
  readonly series: string | undefined;
  readonly instance: string | undefined;
}

/** The query of the screen, and those above it: from a study to its series and back. */
export class ProbeSearch {
  readonly draft = new QueryDraft();
  run = $state.raw(new FindRun());
  above: readonly Above[] = $state.raw([]);

  find(): void {
    this.above = [];
    void this.run.start(this.draft.query, this.draft.columns);
  }

  /** Asks for what is under a row. */
  goDown(answer: Answer): void {
    const { level, archive } = this.run.query ?? {};
    const below = level === undefined ? undefined : levelBelow(level);
    if (level === undefined || archive === undefined || below === undefined) return;
    const { study, series } = this.uidsOf(answer);
    this.above = [
      ...this.above,
      { draft: this.draft.keep(), run: this.run, row: this.#nameOf(answer, level) },
    ];
    this.draft.archive = archive;
    this.draft.narrow(below, [
      { attribute: studyUid, value: study ?? '' },
      ...(below === 'instance' ? [{ attribute: seriesUid, value: series ?? '' }] : []),
    ]);
    this.run = new FindRun();
    void this.run.start(this.draft.query, this.draft.columns);
  }

  /** Shows again what was found before one of the rows was gone into. */
  goUp(to: number): void {
    const kept = this.above[to];
    if (kept === undefined) return;
    this.run.cancel();
    this.draft.restore(kept.draft);
    this.run = kept.run;
    this.above = this.above.slice(0, to);
  }

  /** What an answer does not say itself, the keys of its query do. */
  uidsOf({ values }: Answer): RowUids {
    const of = (tag: string, keyword: string): string | undefined => {
      const key = this.run.query?.keys.find(({ attribute }) => attribute === keyword || attribute === tag);
      return [values[tag], key?.value].find((uid) => uid !== undefined && /^[\d.]+$/.test(uid));
    };
    return {
      study: of(studyUid.tag, studyUid.keyword),
      series: of(seriesUid.tag, seriesUid.keyword),
      instance: of(instanceUid.tag, instanceUid.keyword),
    };
  }

  #nameOf(answer: Answer, level: Level): string {
    const { values } = answer;
    const parts =
      level === 'study'
        ? [values['00100010'], values['00081030']]
        : [`Series ${values['00200011'] ?? ''}`, values['0008103E']];
    return (
      parts.filter((part) => part !== undefined && part.trim() !== '').join(' · ') || `Row ${answer.at + 1}`
    );
  }
}
