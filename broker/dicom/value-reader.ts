import { byteOrderUnit, usesCharacterSet } from '../domain/vr.ts';
import type { CharacterSet } from './character-set.ts';
import type { JsonAttribute, JsonValue, PersonName } from './dicom-json.ts';
import type { Layout } from './element-handler.ts';
import { trimEndPadding, trimPadding } from '../domain/padding.ts';
import { swapBytes } from './swap-bytes.ts';
import { decodeText, isPlain, type Delimiters } from './text-decoder.ts';

/** A value field within the data set: its VR and bytes from `start` to `end`. */
export interface ValueField {
  readonly vr: string;
  readonly start: number;
  readonly end: number;
}

/** How the values around are written. */
export interface ValueContext {
  readonly layout: Layout;
  readonly characterSet: CharacterSet;
}

type ReadNumber = (buffer: Buffer, at: number, bigEndian: boolean) => JsonValue;

interface NumberForm {
  readonly size: number;
  readonly read: ReadNumber;
}

const numberForms: ReadonlyMap<string, NumberForm> = new Map([
  ['US', { size: 2, read: (b, at, big) => (big ? b.readUInt16BE(at) : b.readUInt16LE(at)) }],
  ['SS', { size: 2, read: (b, at, big) => (big ? b.readInt16BE(at) : b.readInt16LE(at)) }],
  ['UL', { size: 4, read: (b, at, big) => (big ? b.readUInt32BE(at) : b.readUInt32LE(at)) }],
  ['SL', { size: 4, read: (b, at, big) => (big ? b.readInt32BE(at) : b.readInt32LE(at)) }],
  ['FL', { size: 4, read: (b, at, big) => real(big ? b.readFloatBE(at) : b.readFloatLE(at)) }],
  ['FD', { size: 8, read: (b, at, big) => real(big ? b.readDoubleBE(at) : b.readDoubleLE(at)) }],
  ['SV', { size: 8, read: (b, at, big) => whole(big ? b.readBigInt64BE(at) : b.readBigInt64LE(at)) }],
  ['UV', { size: 8, read: (b, at, big) => whole(big ? b.readBigUInt64BE(at) : b.readBigUInt64LE(at)) }],
  ['AT', { size: 4, read: (b, at, big) => hexadecimal(b, at, big) + hexadecimal(b, at + 2, big) }],
] satisfies [string, NumberForm][]);

/** Bytes that each number of the VR takes, 1 where the VR is none of binary numbers. */
export function numberSize(vr: string): number {
  return numberForms.get(vr)?.size ?? 1;
}

/**
 * Reads a value field into the DICOM JSON model (PS3.18 section F.2). Padding is removed; a field
 * without a value gives no `Value`, an empty value between others null. Decimal strings become
 * numbers where they are some, and stay text otherwise.
 */
export function readValue(buffer: Buffer, field: ValueField, context: ValueContext): JsonAttribute {
  const { vr } = field;
  const number = numberForms.get(vr);
  if (number !== undefined)
    return withValues(vr, readNumbers(buffer, field, number, context.layout.bigEndian));
  if (vr[0] === 'O' || vr === 'UN') {
    if (field.start === field.end) return { vr };
    return {
      vr,
      InlineBinary: littleEndianBytes(buffer, field, context.layout.bigEndian).toString('base64'),
    };
  }
  const text = readText(buffer, field, context.characterSet);
  if (text === '') return { vr };
  switch (vr) {
    case 'ST':
    case 'LT':
    case 'UT':
    case 'UR':
      return { vr, Value: [text] };
    case 'PN':
      return withValues(vr, text.split('\\').map(personName));
    case 'IS':
    case 'DS':
      return withValues(vr, text.split('\\').map(decimal));
    case 'UC':
      return withValues(vr, text.split('\\').map(trimEndPadding));
    default:
      return withValues(vr, text.includes('\\') ? text.split('\\').map(trimPadding) : [trimPadding(text)]);
  }
}

function withValues(vr: string, values: readonly JsonValue[]): JsonAttribute {
  const only = values.length === 1 ? values[0] : undefined;
  return values.length === 0 || only === null || only === '' ? { vr } : { vr, Value: values.map(orNull) };
}

/** The text of a field less the padding at its end. */
function readText(buffer: Buffer, { vr, start, end }: ValueField, characterSet: CharacterSet): string {
  let last = end;
  // Neither NUL nor space is a part of a longer character in any of the sets.
  while (last > start && (buffer[last - 1] === 0x20 || buffer[last - 1] === 0)) last--;
  if (!usesCharacterSet(vr) || isPlain(buffer, start, last)) return buffer.toString('latin1', start, last);
  return decodeText(buffer.subarray(start, last), characterSet, delimitersOf(vr));
}

function delimitersOf(vr: string): Delimiters {
  if (vr === 'PN') return 'names';
  return vr === 'ST' || vr === 'LT' || vr === 'UT' ? 'none' : 'values';
}

function orNull(value: JsonValue): JsonValue {
  return value === '' ? null : value;
}

/** Component groups of one name (PS3.5 section 6.2.1.1), null where none has a letter in it. */
function personName(text: string): PersonName | null {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=', 3).map(componentGroup);
  const name: { -readonly [group in keyof PersonName]: string } = {};
  if (alphabetic !== '') name.Alphabetic = alphabetic;
  if (ideographic !== '') name.Ideographic = ideographic;
  if (phonetic !== '') name.Phonetic = phonetic;
  return alphabetic === '' && ideographic === '' && phonetic === '' ? null : name;
}

/** A group without padding; of delimiters alone (`^^^^`) it says nothing. */
function componentGroup(text: string): string {
  const group = trimPadding(text);
  return /^[\^ ]*$/.test(group) ? '' : group;
}

/** The number that an IS or DS stands for; the text itself where it is no finite number. */
function decimal(text: string): JsonValue {
  const digits = trimPadding(text);
  // Far more than the 16 characters of DS; the bound keeps the expression from taking long.
  if (digits.length > 64 || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) return digits;
  const value = Number(digits);
  return Number.isFinite(value) ? value : digits;
}

function readNumbers(buffer: Buffer, field: ValueField, form: NumberForm, bigEndian: boolean): JsonValue[] {
  const values: JsonValue[] = [];
  for (let at = field.start; at + form.size <= field.end; at += form.size) {
    values.push(form.read(buffer, at, bigEndian));
  }
  return values;
}

/** A number of FL or FD; JSON has none of those that are not finite (PS3.18 table F.2.3-1). */
function real(value: number): JsonValue {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'inf' : '-inf';
}

/** A number of SV or UV: as text where a JSON number could not hold it exactly (PS3.18 table F.2.3-1). */
function whole(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function hexadecimal(buffer: Buffer, at: number, bigEndian: boolean): string {
  const value = bigEndian ? buffer.readUInt16BE(at) : buffer.readUInt16LE(at);
  return value.toString(16).toUpperCase().padStart(4, '0');
}

/** The bytes of a binary value in the order that InlineBinary has (PS3.18 section F.2.7): little endian. */
function littleEndianBytes(buffer: Buffer, { vr, start, end }: ValueField, bigEndian: boolean): Buffer {
  const bytes = buffer.subarray(start, end);
  const unit = byteOrderUnit(vr);
  if (!bigEndian || unit === 1) return bytes;
  const copy = Buffer.from(bytes);
  swapBytes(copy, unit);
  return copy;
}
