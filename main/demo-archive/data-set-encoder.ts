import { attributes } from './attributes.ts';
import type { Keyword, Values } from './attributes.ts';
import { encodeIso2022Jp } from './iso-2022-jp.ts';

const longVrs: ReadonlySet<string> = new Set(['OB', 'OW']);
const characterSetVrs: ReadonlySet<string> = new Set(['LO', 'PN', 'SH']);

export interface Encoding {
  readonly explicitVr: boolean;
  /** Pixel Data holds items already and is written with undefined length (PS3.5 A.4). */
  readonly encapsulated?: boolean;
}

/** Encodes a data set in Little Endian, its elements in the order of their tags (PS3.5 section 7.1). */
export function encodeDataSet(values: Values, encoding: Encoding): Buffer {
  const characterSet = String(values.SpecificCharacterSet ?? '');
  const keywords = (Object.keys(values) as Keyword[]).sort((one, other) => tagNumber(one) - tagNumber(other));
  return Buffer.concat(
    keywords.flatMap((keyword) => {
      const value = values[keyword];
      if (value === undefined) return [];
      const bytes = valueBytes(keyword, value, characterSet);
      const isEncapsulated = keyword === 'PixelData' && encoding.encapsulated === true;
      const header = elementHeader(keyword, isEncapsulated ? 0xffff_ffff : bytes.length, encoding);
      return isEncapsulated ? [header, bytes, sequenceDelimiter] : [header, bytes];
    }),
  );
}

/** Sequence Delimitation Item, which ends encapsulated pixel data. */
const sequenceDelimiter = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);

function tagNumber(keyword: Keyword): number {
  const [group, element] = attributes[keyword];
  return group * 0x1_0000 + element;
}

function elementHeader(keyword: Keyword, length: number, encoding: Encoding): Buffer {
  const [group, element, vrOfKeyword] = attributes[keyword];
  const vr = keyword === 'PixelData' && encoding.encapsulated === true ? 'OB' : vrOfKeyword;
  const isLong = longVrs.has(vr);
  const header = Buffer.alloc(encoding.explicitVr && isLong ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  if (encoding.explicitVr) header.write(vr, 4, 'latin1');
  if (!encoding.explicitVr) header.writeUInt32LE(length, 4);
  else if (isLong) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return header;
}

function valueBytes(keyword: Keyword, value: string | number | Buffer, characterSet: string): Buffer {
  const vr: string = attributes[keyword][2];
  if (Buffer.isBuffer(value)) return padded(value, 0);
  if (typeof value === 'number') return Buffer.from([value & 0xff, value >> 8]);
  return padded(textBytes(value, vr, characterSet), vr === 'UI' ? 0 : 0x20);
}

function textBytes(text: string, vr: string, characterSet: string): Buffer {
  const isJapanese = characterSetVrs.has(vr) && characterSet === '\\ISO 2022 IR 87';
  return isJapanese ? encodeIso2022Jp(text) : Buffer.from(text, 'utf8');
}

function padded(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);
}
