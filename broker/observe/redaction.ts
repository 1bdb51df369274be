import { isCredentialName, isSensitiveName } from './sensitive-names.ts';
import { maxTextLength, redactCredentials, redactText } from './text-redaction.ts';
import { redacted, redactQueryString, redactUrl } from './url-redaction.ts';

const maxDepth = 6;
const maxEntriesPerObject = 100;
const maxEntries = 1000;
const errorProperties: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

/**
 * The fields of one log entry as they may be logged: a copy in which everything under a sensitive name is
 * replaced, to a depth of 6, of at most 100 entries per object and 1,000 in all. Errors become their type,
 * message, code, stack and cause; bytes become their number. UIDs stay. Never throws, whatever the fields are.
 */
export function redactFields(fields: object): Record<string, unknown> {
  return copied(fields, everything);
}

/** The same copy with what names patients, for those who asked for it; credentials are replaced here too. */
export function revealFields(fields: object): Record<string, unknown> {
  return copied(fields, credentials);
}

/** The same copy with nothing replaced: to be kept, and redacted before anybody sees it. */
export function copyFields(fields: object): Record<string, unknown> {
  return copied(fields, nothing);
}

/** What a copy replaces. */
interface Hiding {
  readonly name: (name: string) => boolean;
  readonly text: (text: string) => string;
  readonly url: (url: string) => string;
  readonly query: (query: string) => string;
}

const everything: Hiding = {
  name: isSensitiveName,
  text: redactText,
  url: redactUrl,
  query: (query) => redactQueryString(query.replace(/^\?/, '')),
};
const cut = (text: string): string => text.slice(0, maxTextLength);
const withoutCredentials = (text: string): string => redactCredentials(cut(text));
const credentials: Hiding = {
  name: isCredentialName,
  text: withoutCredentials,
  url: withoutCredentials,
  query: withoutCredentials,
};
const nothing: Hiding = { name: () => false, text: cut, url: cut, query: cut };

function copied(fields: object, hiding: Hiding): Record<string, unknown> {
  try {
    return new RedactedCopy(hiding).ofFields(fields);
  } catch (error) {
    return { unloggable: error instanceof Error ? error.name : typeof error };
  }
}

/** One copy under way; counts entries, since an object may lead back to itself on many ways. */
class RedactedCopy {
  readonly #hiding: Hiding;
  #entriesLeft = maxEntries;

  constructor(hiding: Hiding) {
    this.#hiding = hiding;
  }

  ofFields(fields: object): Record<string, unknown> {
    return fields instanceof Error
      ? { err: this.#ofError(fields, 0) }
      : this.#ofEntries(Object.entries(fields), 0);
  }

  #of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#hiding.text(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return this.#hiding.url(value.href);
    return depth < maxDepth ? this.#ofObject(value, depth) : '[too deep]';
  }

  #ofObject(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#ofError(value, depth);
    if (value instanceof Set) return this.#ofList([...(value as Set<unknown>)], depth);
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)];
      return this.#ofEntries(
        entries.map(([name, inner]) => [String(name), inner] as const),
        depth,
      );
    }
    return Array.isArray(value) ? this.#ofList(value, depth) : this.#ofEntries(Object.entries(value), depth);
  }

  #ofList(list: readonly unknown[], depth: number): unknown[] {
    const [first] = list;
    if (list.length === 2 && typeof first === 'string' && this.#hiding.name(first)) return [first, redacted];
    const shown = list.slice(0, this.#take(list.length));
    const copies = shown.map((inner) => this.#of(inner, depth + 1));
    return shown.length < list.length ? [...copies, `… (${String(list.length)} entries)`] : copies;
  }

  #ofEntries(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
    const hidesValue = entries.some(([name, label]) => this.#isLabelOfHiddenValue(name, label));
    const copies: Record<string, unknown> = {};
    const shown = entries.slice(0, this.#take(entries.length));
    for (const [name, value] of shown) {
      const hidden = this.#hiding.name(name) || (hidesValue && /^values?$/i.test(name));
      copies[name] = hidden && value !== undefined ? redacted : this.#ofField(name, value, depth);
    }
    if (shown.length < entries.length) copies['…'] = `${String(entries.length)} entries`;
    return copies;
  }

  #ofField(name: string, value: unknown, depth: number): unknown {
    if (typeof value !== 'string') return this.#of(value, depth + 1);
    const text = value.slice(0, maxTextLength);
    if (/^(query|querystring|search|filter)$/i.test(name)) return this.#hiding.query(text);
    if (/(url|uri|referr?er)$/i.test(name)) return this.#hiding.url(text);
    return this.#hiding.text(value);
  }

  #ofError(error: Error, depth: number): Record<string, unknown> {
    const details = Object.entries(error).filter(([name]) => !errorProperties.has(name));
    // The first lines of a stack repeat the message; the frames hold no data.
    const frames = /\n( {4}at [^]*)$/.exec(error.stack ?? '')?.[1]?.slice(0, maxTextLength);
    return {
      type: error.name,
      message: this.#hiding.text(error.message),
      ...this.#ofEntries(details, depth),
      ...(frames === undefined ? {} : { stack: frames.trim() }),
      ...(error.cause === undefined ? {} : { cause: this.#of(error.cause, depth + 1) }),
    };
  }

  /** How many of `count` entries may still be copied. */
  #take(count: number): number {
    const taken = Math.max(0, Math.min(count, maxEntriesPerObject, this.#entriesLeft));
    this.#entriesLeft -= taken;
    return taken;
  }

  /** True for the first member of pairs such as `{ tag: '00100010', value: 'DOE*' }`. */
  #isLabelOfHiddenValue(name: string, label: unknown): boolean {
    if (typeof label !== 'string') return false;
    return /^(tag|keyword|attribute|name|key|parameter|path)$/i.test(name) && this.#hiding.name(label);
  }
}
