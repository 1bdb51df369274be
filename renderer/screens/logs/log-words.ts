import type { LogEntry } from '../../../broker/control/contract/log.ts';
import type { MarkState } from '../../components/mark-state.ts';

type Level = LogEntry['level'];

/** How a level is shown; words stay beside the colours. */
export const levelMarks: Readonly<Record<Level, { readonly mark: MarkState; readonly word: string }>> = {
  trace: { mark: 'unknown', word: 'Trace' },
  debug: { mark: 'unknown', word: 'Debug' },
  info: { mark: 'unknown', word: 'Info' },
  warn: { mark: 'warn', word: 'Warning' },
  error: { mark: 'bad', word: 'Error' },
};

/** The choices of the level filter, from few to many. */
export const levelChoices: readonly { readonly value: Level; readonly label: string }[] = [
  { value: 'error', label: 'Errors' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'info', label: 'Info and above' },
  { value: 'debug', label: 'Debug and above' },
  { value: 'trace', label: 'Everything' },
];

/** The fields of an entry in one line: `status 200 · method GET`; what is no object stays as it is. */
export function fieldsLine(fields: string): string {
  const parsed = parse(fields);
  if (parsed === undefined) return fields;
  return Object.entries(parsed)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

/** The fields of an entry, one in a line. */
export function fieldsText(fields: string): string {
  const parsed = parse(fields);
  return parsed === undefined ? fields : JSON.stringify(parsed, undefined, 2);
}

/** An entry as text, to copy. */
export function entryText({ at, level, message, fields }: LogEntry): string {
  return `${at} ${level} ${message} ${fields}`;
}

function parse(fields: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(fields);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
