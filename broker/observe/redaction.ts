import { isSensitiveName } from './sensitive-names.ts';
import { maxTextLength, redactText } from './text-redaction.ts';
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
  try {
    return new RedactedCopy().ofFields(fields);
  } catch (error) {
    return { unloggable: error instanceof Error ? error.name : typeof error };
  }
}

/** One copy under way; counts entries, since an object may lead back to itself on many ways. */
class RedactedCopy {
  #entriesLeft = maxEntries;

  ofFields(fields: object): Record<string, unknown> {
    return fields instanceof Error
      ? { err: this.#ofError(fields, 0) }
      : this.#ofEntries(Object.entries(fields), 0);
  }

  #of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return redactText(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL) return redactUrl(value.href);
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
    if (list.length === 2 && typeof first === 'string' && isSensitiveName(first)) return [first, redacted];
    const shown = list.slice(0, this.#take(list.length));
    const copies = shown.map((inner) => this.#of(inner, depth + 1));
    return shown.length < list.length ? [...copies, `… (${String(list.length)} entries)`] : copies;
  }

  #ofEntries(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
    const hidesValue = entries.some(([name, label]) => isLabelOfSensitiveValue(name, label));
    const copies: Record<string, unknown> = {};
    const shown = entries.slice(0, this.#take(entries.length));
    for (const [name, value] of shown) {
      const hidden = isSensitiveName(name) || (hidesValue && /^values?$/i.test(name));
      copies[name] = hidden && value !== undefined ? redacted : this.#ofField(name, value, depth);
    }
    if (shown.length < entries.length) copies['…'] = `${String(entries.length)} entries`;
    return copies;
  }

  #ofField(name: string, value: unknown, depth: number): unknown {
    if (typeof value !== 'string') return this.#of(value, depth + 1);
    const text = value.slice(0, maxTextLength);
    if (/^(query|querystring|search|filter)$/i.test(name)) return redactQueryString(text.replace(/^\?/, ''));
    if (/(url|uri|referr?er)$/i.test(name)) return redactUrl(text);
    return redactText(value);
  }

  #ofError(error: Error, depth: number): Record<string, unknown> {
    const details = Object.entries(error).filter(([name]) => !errorProperties.has(name));
    // The first lines of a stack repeat the message; the frames hold no data.
    const frames = /\n( {4}at [^]*)$/.exec(error.stack ?? '')?.[1]?.slice(0, maxTextLength);
    return {
      type: error.name,
      message: redactText(error.message),
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
}

/** True for the first member of pairs such as `{ tag: '00100010', value: 'DOE*' }`. */
function isLabelOfSensitiveValue(name: string, label: unknown): boolean {
  if (typeof label !== 'string') return false;
  return /^(tag|keyword|attribute|name|key|parameter|path)$/i.test(name) && isSensitiveName(label);
}
