import { excerpt } from './problem-text.ts';

/** A piece of a value: text, or the name of an environment variable whose value goes there. */
export type ValuePart =
  | { readonly text: string; readonly quoted: boolean }
  | { readonly variable: string; readonly optional: boolean };

/** What a line of a properties file says. */
type PropertiesLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'assignment'; readonly key: string; readonly parts: readonly ValuePart[] }
  /** `key` where the line has one and only its value is wrong. */
  | { readonly kind: 'malformed'; readonly key?: string; readonly reason: string };

/** Where the reading of a value stands; `parts` grows as `at` moves on. */
interface Cursor {
  readonly line: string;
  at: number;
  readonly parts: ValuePart[];
}

/**
 * Reads one line of the properties file: `key = value`, the part of HOCON that the Java broker's
 * files use. A value is text, "text in quotation marks" (with JSON's escapes) and `${VARIABLE}` or
 * `${?VARIABLE}` in any sequence. `#` outside quotation marks begins a comment, as do `!` and `//`
 * at the start of a line and `//` after a value and a space. A backslash outside quotation marks
 * is itself, so that Windows paths can be written plainly.
 */
export function parsePropertiesLine(line: string): PropertiesLine {
  if (/^\s*($|#|!|\/\/)/.test(line)) return { kind: 'blank' };
  const head = /^\s*([A-Za-z0-9_.-]+)\s*[=:]\s*/.exec(line);
  const key = head?.[1];
  if (head === null || key === undefined) {
    return { kind: 'malformed', reason: `expected "key = value", found ${excerpt(line)}` };
  }
  const cursor: Cursor = { line, at: head[0].length, parts: [] };
  const reason = readParts(cursor);
  if (reason !== undefined) return { kind: 'malformed', key, reason };
  const parts = withoutTrailingSpace(cursor.parts);
  if (parts.length > 0) return { kind: 'assignment', key, parts };
  return { kind: 'malformed', key, reason: 'no value is given; write "" for an empty one' };
}

/** Reads up to a comment or the line's end; returns what is wrong, if anything. */
function readParts(cursor: Cursor): string | undefined {
  while (cursor.at < cursor.line.length && !atComment(cursor)) {
    const next = cursor.line.charAt(cursor.at);
    const reason =
      next === '"' ? readQuoted(cursor) : next === '$' ? readSubstitution(cursor) : readPlain(cursor);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function atComment({ line, at, parts }: Cursor): boolean {
  if (line.charAt(at) === '#') return true;
  // Not at the beginning of a value, so that a Windows share (//server/share) can be one.
  return parts.length > 0 && line.startsWith('//', at) && /\s/.test(line.charAt(at - 1));
}

function readQuoted(cursor: Cursor): string | undefined {
  let end = cursor.at + 1;
  while (end < cursor.line.length && cursor.line.charAt(end) !== '"') {
    end += cursor.line.charAt(end) === '\\' ? 2 : 1;
  }
  if (end >= cursor.line.length) return 'a quotation mark is not closed';
  const literal = cursor.line.slice(cursor.at, end + 1);
  cursor.at = end + 1;
  try {
    cursor.parts.push({ text: String(JSON.parse(literal)), quoted: true });
    return undefined;
  } catch {
    return `${excerpt(literal)} is no text in quotation marks; a backslash in it is written twice`;
  }
}

function readSubstitution(cursor: Cursor): string | undefined {
  const form = /\$\{(\??)\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}/y;
  form.lastIndex = cursor.at;
  const [whole, mark, variable] = form.exec(cursor.line) ?? [];
  if (whole === undefined || variable === undefined) {
    return 'after $ only {NAME} or {?NAME} of an environment variable may stand; put other text with $ in quotation marks';
  }
  cursor.at += whole.length;
  cursor.parts.push({ variable, optional: mark === '?' });
  return undefined;
}

function readPlain(cursor: Cursor): string | undefined {
  const from = cursor.at;
  cursor.at++;
  while (cursor.at < cursor.line.length && !/["$#/]/.test(cursor.line.charAt(cursor.at))) cursor.at++;
  const text = cursor.line.slice(from, cursor.at);
  if (/[{}]/.test(text)) return '{ and } may stand in quotation marks only';
  if (text.includes('\ufffd')) return 'the value is not UTF-8 text';
  cursor.parts.push({ text, quoted: false });
  return undefined;
}

/** The parts without the space before a comment or the line's end. */
function withoutTrailingSpace(parts: readonly ValuePart[]): readonly ValuePart[] {
  const last = parts.at(-1);
  if (last === undefined || !('text' in last) || last.quoted) return parts;
  const text = last.text.trimEnd();
  const others = parts.slice(0, -1);
  return text === '' ? withoutTrailingSpace(others) : [...others, { text, quoted: false }];
}
