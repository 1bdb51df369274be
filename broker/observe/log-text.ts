/**
 * What must not reach a terminal or make two lines of one: C0 and C1 controls, line and paragraph
 * separators, and the marks that turn the direction of text round.
 */
const unprintable =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return printable(value);
  return printable(JSON.stringify(value));
}

/** Error stacks are for the JSON format; as one line of text they would hide everything else. */
function withoutStack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('stack' in value)) return value;
  const { stack: _stack, ...rest } = value;
  return 'cause' in rest ? { ...rest, cause: withoutStack(rest.cause) } : rest;
}

/**
 * One log entry as one line of text: time, level, message, then `key=value` for each field.
 * @param entry an entry in pino's JSON form: `time`, `level`, `msg` and fields
 */
export function formatLogText(entry: Readonly<Record<string, unknown>>): string {
  const { time, level, msg, ...fields } = entry;
  const words = [String(time), String(level).toUpperCase().padEnd(5)];
  if (typeof msg === 'string' && msg !== '') words.push(printable(msg));
  for (const [name, value] of Object.entries(fields)) {
    words.push(`${printable(name)}=${formatValue(withoutStack(value))}`);
  }
  return `${words.join(' ')}\n`;
}
