import { byteOrderUnit, isVr, usesCharacterSet } from '../domain/vr.ts';
import type { JsonAttribute, JsonValue } from './dicom-json.ts';
import { numberEncoders } from './number-encoder.ts';
import { encodeText } from './text-encoder.ts';
import { UnfitValue } from './unfit-value.ts';

/** How values are to be written. */
export interface ValueEncoding {
  readonly bigEndian: boolean;
  /** Values of Specific Character Set (0008,0005); none stands for ASCII. */
  readonly characterSet: readonly string[];
}

const singleValued: ReadonlySet<string> = new Set(['ST', 'LT', 'UT', 'UR']);

/**
 * The value field of an attribute, padded to an even length (PS3.5 section 6.2).
 * @throws UnfitValue where a value is not of the VR, or not of the character set
 */
export function encodeValue(attribute: JsonAttribute, encoding: ValueEncoding): Buffer {
  const { vr, Value: values = [] } = attribute;
  if (!isVr(vr)) throw new UnfitValue(`has the VR ${JSON.stringify(vr)}, which the standard does not know`);
  if (attribute.BulkDataURI !== undefined) throw new UnfitValue('has only a BulkDataURI');
  if (vr[0] === 'O' || vr === 'UN') return padded(encodeBinary(attribute, encoding.bigEndian), 0);
  if (attribute.InlineBinary !== undefined) throw new UnfitValue(`has InlineBinary, but ${vr} is not binary`);
  const encodeNumber = numberEncoders.get(vr);
  if (encodeNumber !== undefined) {
    return Buffer.concat(values.map((value) => encodeNumber(value, encoding.bigEndian)));
  }
  if (singleValued.has(vr) && values.length > 1)
    throw new UnfitValue(`has ${values.length} values, but ${vr} takes one`);
  const text = values.map((value) => textOf(value, vr)).join('\\');
  return padded(encodeCharacters(text, vr, encoding), vr === 'UI' ? 0 : 0x20);
}

function encodeCharacters(text: string, vr: string, { characterSet }: ValueEncoding): Uint8Array {
  if (!usesCharacterSet(vr)) {
    if (!/^[\x20-\x7e]*$/.test(text))
      throw new UnfitValue(`may have ASCII characters only, as all of VR ${vr}`);
    return Buffer.from(text, 'latin1');
  }
  const bytes = encodeText(text, characterSet);
  if (bytes !== undefined) return bytes;
  const name = characterSet.length === 0 ? 'ASCII' : characterSet.join('\\');
  throw new UnfitValue(`has characters that cannot be written in ${name}`);
}

function textOf(value: JsonValue, vr: string): string {
  const text = vr === 'PN' ? nameOf(value) : plainText(value, vr);
  if (text.includes('\\') && !singleValued.has(vr)) {
    throw new UnfitValue('has a backslash in a value, where it would separate two');
  }
  return text;
}

function plainText(value: JsonValue, vr: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && (vr === 'DS' || vr === 'IS')) return decimalText(value, vr);
  throw new UnfitValue(`has a value that is no text, which VR ${vr} takes`);
}

/** A person name in the form of PS3.5 section 6.2.1.1; text stands for all groups as they are written. */
function nameOf(value: JsonValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') throw new UnfitValue('has a number where a name belongs');
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => {
    const text = (value as Readonly<Record<string, unknown>>)[group] ?? '';
    if (typeof text !== 'string') throw new UnfitValue(`has a component group ${group} that is no text`);
    if (text.includes('='))
      throw new UnfitValue('has an equals sign in a name, where it would separate two groups');
    return text;
  });
  return groups.join('=').replace(/=+$/, '');
}

/** A number as IS (an integer of 32 bits) or DS, which has room for 16 characters (PS3.5 table 6.2-1). */
function decimalText(value: number, vr: 'IS' | 'DS'): string {
  if (!Number.isFinite(value)) throw new UnfitValue('has a number that is not finite');
  if (vr === 'IS') {
    if (value !== (value | 0)) throw new UnfitValue(`has ${value}, but VR IS takes integers of 32 bits`);
    return String(value | 0);
  }
  let text = String(value);
  for (let digits = 16; text.length > 16; digits--) text = String(Number(value.toPrecision(digits)));
  return text;
}

function encodeBinary({ vr, Value, InlineBinary = '' }: JsonAttribute, bigEndian: boolean): Buffer {
  if (Value !== undefined) throw new UnfitValue(`has a Value, but VR ${vr} takes InlineBinary`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(InlineBinary))
    throw new UnfitValue('has InlineBinary that is no Base64');
  const bytes = Buffer.from(InlineBinary, 'base64');
  const unit = byteOrderUnit(vr);
  if (unit === 1) return bytes;
  if (bytes.length % unit !== 0)
    throw new UnfitValue(`has ${bytes.length} bytes, no multiple of ${unit} as VR ${vr} takes`);
  if (!bigEndian) return bytes;
  if (unit === 2) return bytes.swap16();
  return unit === 4 ? bytes.swap32() : bytes.swap64();
}

function padded(bytes: Uint8Array, padding: number): Buffer {
  const isEven = bytes.length % 2 === 0;
  return isEven
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    : Buffer.concat([bytes, Uint8Array.of(padding)]);
}
