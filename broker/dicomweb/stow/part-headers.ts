import { BrokerError } from '../../domain/errors.ts';
import type { BodyWindow } from './body-window.ts';

/** Header fields of a part, by lower-case name. */
export type PartHeaders = ReadonlyMap<string, string>;

const maxBytes = 8 * 1024;
const maxFields = 32;
const fieldForm = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/s;

/**
 * Reads the header fields of a part up to the empty line behind them (RFC 2046 section 5.1, RFC 5322
 * section 2.2). Of a field that comes more than once the first counts; that could be two truths only for
 * those that decide something, and there it is an error.
 * @throws BrokerError `bad-request`, naming the part, where they are malformed or too many
 */
export async function readPartHeaders(window: BodyWindow, part: number): Promise<PartHeaders> {
  const what = `The header of part ${part}`;
  const fields = new Map<string, string>();
  let length = 0;
  let count = 0;
  let last: string | undefined;
  for (;;) {
    const line = await window.line(maxBytes - length, what);
    length += Buffer.byteLength(line) + 2;
    if (line === '') return fields;
    if (last !== undefined && /^[ \t]/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    const [, name, value] = fieldForm.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new BrokerError('bad-request', `${what} has a line that is no field: ${shown(line)}.`);
    }
    count += 1;
    if (count > maxFields) throw new BrokerError('bad-request', `${what} has more than ${maxFields} fields.`);
    last = addField(fields, name.toLowerCase(), value.trim(), what);
  }
}

const decisive: ReadonlySet<string> = new Set(['content-type', 'content-location', 'content-encoding']);

function addField(fields: Map<string, string>, name: string, value: string, what: string): string {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, value);
  else if (decisive.has(name) && before !== value) {
    throw new BrokerError('bad-request', `${what} has ${name} twice, with different values.`);
  }
  return name;
}

function shown(line: string): string {
  return JSON.stringify(line.slice(0, 60));
}
