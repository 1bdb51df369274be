import type { AttributeName, ProbeQuery } from '../../../broker/control/contract/probe.ts';
import { problemOfValue, valueAsSent } from './key-value.ts';
import {
  type Level,
  type QueriedAttribute,
  patientName,
  returnedAt,
  studyDate,
  uidsAbove,
} from './level-attributes.ts';

/** One key as it is typed. */
export interface DraftKey {
  readonly id: number;
  /** As typed: a keyword, a tag, or several with dots for those in sequences. */
  text: string;
  /** The attribute, once it is known. */
  attribute: AttributeName | undefined;
  value: string;
}

/** A draft at one moment, to go back to. */
export interface KeptDraft {
  readonly archive: string;
  readonly level: Level;
  readonly limit: string;
  readonly keys: readonly DraftKey[];
  readonly returned: readonly QueriedAttribute[];
}

export const limits = ['100', '1000', '10000'] as const;

/** A query as the person builds it. */
export class QueryDraft {
  archive = $state('');
  level: Level = $state('study');
  limit: string = $state('1000');
  keys: DraftKey[] = $state([]);
  /** The columns of the answers besides the keys. */
  returned: readonly QueriedAttribute[] = $state.raw(returnedAt('study'));
  #next = 1;

  constructor() {
    for (const attribute of [patientName, studyDate]) this.addKey(attribute);
  }

  /** @returns the id of the key */
  addKey(attribute?: AttributeName, value = ''): number {
    const id = this.#next++;
    this.keys.push({ id, text: attribute?.keyword ?? '', attribute, value });
    return id;
  }

  removeKey(id: number): void {
    this.keys = this.keys.filter((key) => key.id !== id);
  }

  /** Has the columns of the level, and keys for the UIDs above it. */
  changeLevel(level: Level): void {
    this.level = level;
    this.returned = returnedAt(level);
    for (const attribute of uidsAbove(level)) {
      if (!this.keys.some((key) => key.attribute?.tag === attribute.tag)) this.addKey(attribute);
    }
  }

  /** The query under a row: its keys are the UIDs that name the row. */
  narrow(level: Level, uids: readonly { readonly attribute: AttributeName; readonly value: string }[]): void {
    this.keys = [];
    for (const { attribute, value } of uids) this.addKey(attribute, value);
    this.changeLevel(level);
  }

  /** What is wrong with a key; undefined where nothing is. */
  problemOf({ text, attribute, value }: DraftKey): string | undefined {
    if (text.trim() === '') {
      return value.trim() === '' ? undefined : 'Say which attribute this value is of, or take the line away.';
    }
    if (attribute === undefined && !isTagOrPath(text)) {
      return `“${text.trim()}” is no attribute. Choose one of the list, or type its tag: 00100010.`;
    }
    return problemOfValue(attribute?.vr, valueAsSent(attribute?.vr, value));
  }

  /** The query of now, without empty lines. */
  get query(): ProbeQuery {
    return {
      archive: this.archive,
      level: this.level,
      keys: this.#filled.map(({ text, attribute, value }) => ({
        attribute: attribute?.keyword ?? tagOf(text),
        value: valueAsSent(attribute?.vr, value),
      })),
      returnKeys: this.returned
        .filter(({ tag }) => !this.#filled.some((key) => key.attribute?.tag === tag))
        .map(({ tag }) => tag),
      limit: Number(this.limit),
    };
  }

  /** What the answers are shown by: the columns, and keys that are none of them. */
  get columns(): readonly QueriedAttribute[] {
    const further = this.#filled.flatMap(({ text, attribute }): QueriedAttribute[] => {
      if (attribute !== undefined) return [attribute];
      const tag = tagOf(text);
      return /^[0-9A-F]{8}$/.test(tag) ? [{ tag, keyword: tag, name: tag, vr: 'UN' }] : [];
    });
    const apart = [...this.returned, ...uidsAbove(this.level)];
    return [...this.returned, ...further.filter(({ tag }) => !apart.some((one) => one.tag === tag))];
  }

  keep(): KeptDraft {
    const { archive, level, limit, returned } = this;
    return { archive, level, limit, returned, keys: this.keys.map((key) => ({ ...key })) };
  }

  restore({ archive, level, limit, keys, returned }: KeptDraft): void {
    this.archive = archive;
    this.level = level;
    this.limit = limit;
    this.keys = keys.map((key) => ({ ...key }));
    this.returned = returned;
  }

  get #filled(): DraftKey[] {
    return this.keys.filter(({ text }) => text.trim() !== '');
  }
}

/** Whether the text is a tag, or names attributes in sequences with dots. */
function isTagOrPath(text: string): boolean {
  return /^[0-9A-F]{8}$/.test(tagOf(text)) || /^\w+(\.\w+)+$/.test(text.trim());
}

/** `(0010,0010)` as it is sent: `00100010`. */
function tagOf(text: string): string {
  const found = /^\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?$/.exec(text.trim());
  return found === null ? text.trim() : found.slice(1).join('').toUpperCase();
}
