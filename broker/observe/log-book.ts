import { formatLogText } from './log-text.ts';
import { type LogLevel, logLevels } from './log-level.ts';
import { copyFields, redactFields, revealFields } from './redaction.ts';
import { redactCredentials, redactText } from './text-redaction.ts';

/** An entry as it is shown. */
export interface ShownLogEntry {
  /** Counts up by one with each entry since the start. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text of an object. */
  readonly fields: string;
  readonly request?: string;
  readonly association?: string;
}

/** Which entries are wanted, and whether with what names patients. */
export interface LogBookQuery {
  readonly level: LogLevel;
  /** Entries that contain it, in capitals or not. */
  readonly text: string;
  readonly request?: string | undefined;
  readonly association?: string | undefined;
  readonly withPatientData: boolean;
}

/** An entry as it is held: nothing is hidden in it. */
interface HeldEntry {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  /** The fields as they are shown, once somebody has looked: a search looks at all with each letter. */
  redacted?: string;
}

export interface LogBookLimits {
  readonly maxEntries: number;
  /** Of what the entries hold, roughly. */
  readonly maxBytes: number;
}

const defaultLimits: LogBookLimits = { maxEntries: 5_000, maxBytes: 8 * 1024 * 1024 };
/** What an entry costs besides its texts. */
const overheadInBytes = 200;
const maxMessageLength = 4_096;
/** One entry must not drive out hundreds of others. */
const maxFieldsBytes = 64 * 1024;

/**
 * The last entries of the log, in memory only. They are held as they were written and redacted when they
 * are shown: a person who mends something may have to see of which patient it is.
 */
export class LogBook {
  readonly #limits: LogBookLimits;
  /** The entry of a number is at its remainder. */
  readonly #held: (HeldEntry | undefined)[] = [];
  readonly #waiting = new Set<() => void>();
  #oldest = 1;
  #next = 1;
  #bytes = 0;

  constructor(limits: LogBookLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** The number that the next entry will have. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest entry that is held. */
  get oldest(): number {
    return this.#oldest;
  }

  /** What the entries hold, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Costs little: nothing is put into words before somebody wants to see it. Never throws.
   * @param parts fields; those of a later part take the place of others of the same name
   */
  add(level: LogLevel, message: string, ...parts: readonly object[]): void {
    const { maxEntries, maxBytes } = this.#limits;
    const entry = heldEntry(level, message.slice(0, maxMessageLength), parts);
    while (this.#next - this.#oldest >= maxEntries) this.#dropOldest();
    this.#held[this.#next % maxEntries] = entry;
    this.#next += 1;
    this.#bytes += entry.bytes;
    while (this.#bytes > maxBytes && this.#oldest < this.#next) this.#dropOldest();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** The last `limit` entries that are wanted, the oldest of them first. */
  last(query: LogBookQuery, limit: number): ShownLogEntry[] {
    const found: ShownLogEntry[] = [];
    for (let number = this.#next - 1; number >= this.#oldest && found.length < limit; number -= 1) {
      const shown = this.#shown(number, query);
      if (shown !== undefined) found.push(shown);
    }
    return found.reverse();
  }

  /** Up to `limit` wanted entries from a number on; `next` is the number to go on with. */
  from(number: number, query: LogBookQuery, limit: number): { entries: ShownLogEntry[]; next: number } {
    const entries: ShownLogEntry[] = [];
    let next = Math.max(number, this.#oldest);
    for (; next < this.#next && entries.length < limit; next += 1) {
      const shown = this.#shown(next, query);
      if (shown !== undefined) entries.push(shown);
    }
    return { entries, next };
  }

  /** All wanted entries as lines of text. */
  *lines(query: LogBookQuery): Generator<string, void, undefined> {
    for (let number = this.#oldest; number < this.#next; number += 1) {
      const shown = this.#shown(number, query);
      if (shown === undefined) continue;
      const fields = JSON.parse(shown.fields) as Record<string, unknown>;
      yield formatLogText({ time: shown.at, level: shown.level, msg: shown.message, ...fields });
    }
  }

  /** Settles when there is an entry of that number, or at once where there is; also on the signal. */
  reached(number: number, signal: AbortSignal): Promise<void> {
    if (this.#next > number || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #dropOldest(): void {
    const place = this.#oldest % this.#limits.maxEntries;
    this.#bytes -= this.#held[place]?.bytes ?? 0;
    this.#held[place] = undefined;
    this.#oldest += 1;
  }

  #shown(number: number, query: LogBookQuery): ShownLogEntry | undefined {
    const held = this.#held[number % this.#limits.maxEntries];
    if (held === undefined || logLevels.indexOf(held.level) < logLevels.indexOf(query.level))
      return undefined;
    const { request, association } = held.fields;
    if (query.request !== undefined && request !== query.request) return undefined;
    if (query.association !== undefined && association !== query.association) return undefined;
    const message = query.withPatientData ? redactCredentials(held.message) : redactText(held.message);
    const fields = query.withPatientData
      ? JSON.stringify(revealFields(held.fields))
      : (held.redacted ??= JSON.stringify(redactFields(held.fields)));
    if (query.text !== '' && !contains(`${message}\n${fields}`, query.text)) return undefined;
    return {
      number,
      at: new Date(held.at).toISOString(),
      level: held.level,
      message,
      fields,
      ...(typeof request === 'string' ? { request } : {}),
      ...(typeof association === 'string' ? { association } : {}),
    };
  }
}

function heldEntry(level: LogLevel, message: string, parts: readonly object[]): HeldEntry {
  const copy = Object.assign({}, ...parts.map(copyFields)) as Readonly<Record<string, unknown>>;
  const size = sizeOf(copy);
  const { request, association } = copy;
  const kept = size <= maxFieldsBytes ? copy : { request, association, fields: `[${size} bytes, not kept]` };
  const bytes = overheadInBytes + 2 * message.length + Math.min(size, maxFieldsBytes);
  return { at: Date.now(), level, message, fields: kept, bytes };
}

function contains(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted.toLowerCase());
}

/** Bytes of a copy that has been made for keeping, roughly: it is bounded already. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 16;
  for (const [name, inner] of Object.entries(value)) bytes += 2 * name.length + 8 + sizeOf(inner);
  return bytes;
}
