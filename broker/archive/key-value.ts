import type { JsonAttribute, JsonValue } from '../dicom/dicom-json.ts';
import { readUid } from '../domain/uid.ts';
import { badRequest, quoted } from './attribute-path.ts';

const maxValueLength = 1_024;
const maxUids = 5_000;

/** Text that takes wild cards (PS3.4 section C.2.2.2.4), in one value or several. */
const textVrs: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'PN', 'SH', 'UC']);
/** Text in which a backslash is a character. */
const singleTextVrs: ReadonlySet<string> = new Set(['LT', 'ST', 'UR', 'UT']);

const wholeNumber = /^[+-]?\d{1,20}$/;
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

interface Form {
  readonly pattern: RegExp;
  readonly expected: string;
}

const date = '\\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])';
const time = '([01]\\d|2[0-3])([0-5]\\d([0-5]\\d|60)?(\\.\\d{1,6})?)?';
const dateTime =
  '\\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\\d|3[01])(([01]\\d|2[0-3])([0-5]\\d([0-5]\\d|60)?(\\.\\d{1,6})?)?)?)?)?([+-]\\d{4})?';

/** VRs of one form each; dates and times also as ranges (PS3.4 section C.2.2.2.5). */
const forms: ReadonlyMap<string, Form> = new Map([
  ['DA', rangeForm(date, 'a date YYYYMMDD, or a range: from-to, from-, -to')],
  ['TM', rangeForm(time, 'a time HHMMSS.FFFFFF, or a range: from-to, from-, -to')],
  ['DT', rangeForm(dateTime, 'a date and time YYYYMMDDHHMMSS.FFFFFF&ZZXX, or a range: from-to, from-, -to')],
  ['AS', { pattern: /^\d{3}[DWMY]$/, expected: 'an age such as 063Y' }],
  ['AT', { pattern: /^[0-9A-Fa-f]{8}$/, expected: 'a tag of eight hexadecimal digits' }],
  ['IS', { pattern: /^[+-]?\d{1,11}$/, expected: 'a whole number' }],
  ['DS', { pattern: /^(?=.{1,16}$)[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, expected: 'a number' }],
]);

function rangeForm(one: string, expected: string): Form {
  return { pattern: new RegExp(`^(${one}|${one}-|-${one}|${one}-${one})$`), expected };
}

/** VRs of binary numbers, which DICOM JSON holds as numbers. */
const numberVrs: ReadonlyMap<string, RegExp> = new Map([
  ...['US', 'SS', 'UL', 'SL', 'UV', 'SV'].map((vr): [string, RegExp] => [vr, wholeNumber]),
  ['FL', decimalNumber],
  ['FD', decimalNumber],
]);

/**
 * The value of a query key as an attribute to match.
 * @param text what the client sent, percent-decoded; values separated by a backslash, UIDs also by a comma
 * @param name the attribute, for error texts
 * @returns an attribute without a value, which matches everything, where the text is empty or a lone asterisk
 * @throws BrokerError `bad-request` naming the attribute and what is allowed
 */
export function parseKeyValue(text: string, vr: string, name: string): JsonAttribute {
  // eslint-disable-next-line no-control-regex -- they are what is looked for; NUL pads UIDs
  if (/[\0-\x1f\x7f]/.test(text.replace(/\0+$/, ''))) {
    throw badRequest(`${name} has a value with a control character: ${quoted(text)}.`);
  }
  if (vr === 'UI') return { vr, Value: parseUids(text, name) };
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '*') return { vr };
  const values = singleTextVrs.has(vr) ? [trimmed] : trimmed.split('\\').map((value) => value.trim());
  if (values.some((value) => value.length > maxValueLength)) {
    throw badRequest(`${name} has a value of more than ${maxValueLength} characters.`);
  }
  if (vr === 'UN') return { vr, InlineBinary: evenBytes(trimmed).toString('base64') };
  return { vr, Value: values.map((value) => parseOne(value, vr, name)) };
}

function parseOne(value: string, vr: string, name: string): JsonValue {
  if (vr === 'PN' && value.split('=').length > 3) {
    throw badRequest(`${name} has more than three component groups: ${quoted(value)}.`);
  }
  if (textVrs.has(vr) || singleTextVrs.has(vr)) return value;
  const number = numberVrs.get(vr);
  if (number !== undefined) {
    if (!number.test(value)) throw badRequest(`${name} must be a number, not ${quoted(value)}.`);
    return Number(value);
  }
  const form = forms.get(vr);
  if (form === undefined) throw badRequest(`${name} has the VR ${vr}, which cannot be matched.`);
  if (!form.pattern.test(value)) throw badRequest(`${name} must be ${form.expected}, not ${quoted(value)}.`);
  return vr === 'AT' ? value.toUpperCase() : value;
}

/** An empty UID would match everything that the archive has: it is never let through. */
function parseUids(text: string, name: string): string[] {
  const values = text.split(/[\\,]/);
  if (values.length > maxUids) throw badRequest(`${name} has more than ${maxUids} UIDs.`);
  const uids = values.map((value) => {
    const uid = readUid(value);
    if (uid !== undefined) return uid;
    const what = value.trim() === '' ? 'an empty UID' : `${quoted(value)}, which is no UID`;
    throw badRequest(
      `${name} has ${what}. UIDs are digits and single dots, 1 to 64 characters, separated by commas.`,
    );
  });
  return [...new Set(uids)];
}

function evenBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(' ')]);
}
