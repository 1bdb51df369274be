import { deflateRawSync } from 'node:zlib';
import { labelOf } from '../domain/dictionary.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import type { Encoding } from '../domain/transfer-syntax.ts';
import { hasLongLength } from '../domain/vr.ts';
import type { DicomJson, JsonAttribute } from './dicom-json.ts';
import { undefinedLength } from './element-handler.ts';
import { UnfitValue } from './unfit-value.ts';
import { encodeValue, type ValueEncoding } from './value-encoder.ts';

const specificCharacterSet: Tag = '00080005';
const longestShortValue = 0xfffe;
const depthLimit = 64;

/** A value that is not in memory: its place in a data set is kept for it. */
export interface StreamedValue {
  /** Bytes of the value field as they are written, an even number. */
  readonly length: number;
  /** They are items that end with a delimiter: the length field says undefined (PS3.5 annex A.4). */
  readonly isEncapsulated?: boolean;
  stream(): AsyncIterable<Buffer>;
}

/** A data set in the order in which it is written. */
export interface ComposedDataSet {
  readonly length: number;
  readonly pieces: readonly (Buffer | StreamedValue)[];
}

/** The value of an attribute that has a BulkDataURI, or undefined where there is none. */
export type FindBulk = (attribute: JsonAttribute, tag: Tag) => StreamedValue | undefined;

interface WriteContext extends ValueEncoding {
  readonly explicitVr: boolean;
  /** Tags of the sequences around, outermost first. */
  readonly within: readonly Tag[];
  readonly findBulk: FindBulk;
}

/**
 * Encodes a data set of the DICOM JSON model: attributes in ascending order, sequences and items
 * with their lengths, without group lengths. Specific Character Set (0008,0005) is written at the
 * root only, since all of the data set is in the one that is named.
 * @param characterSet its values; by default those of the data set itself, none where it has none
 * @throws BrokerError `bad-request`, naming the attribute, where a value cannot be written
 */
export function writeDataSet(
  dataSet: DicomJson,
  encoding: Encoding,
  characterSet: readonly string[] = declaredCharacterSet(dataSet),
): Buffer {
  const { pieces } = composeDataSet(dataSet, encoding, { characterSet, findBulk: () => undefined });
  const bytes = Buffer.concat(pieces as readonly Buffer[]);
  if (!encoding.deflated) return bytes;
  const deflated = deflateRawSync(bytes);
  return deflated.length % 2 === 0 ? deflated : Buffer.concat([deflated, Uint8Array.of(0)]);
}

/**
 * The same for a data set some of whose values are elsewhere; it is not deflated.
 * @throws BrokerError `bad-request` as `writeDataSet`, and where a bulk value is not found
 */
export function composeDataSet(
  dataSet: DicomJson,
  { bigEndian, explicitVr }: Encoding,
  { characterSet, findBulk }: { readonly characterSet: readonly string[]; readonly findBulk: FindBulk },
): ComposedDataSet {
  const root: DicomJson = { ...dataSet };
  if (characterSet.length > 0) root[specificCharacterSet] = { vr: 'CS', Value: characterSet };
  else if (root[specificCharacterSet] !== undefined) root[specificCharacterSet] = { vr: 'CS' };
  const pieces = writeAttributes(root, { bigEndian, explicitVr, characterSet, within: [], findBulk });
  return { pieces, length: lengthOf(pieces) };
}

/** The values of Specific Character Set (0008,0005) that a data set names. */
export function declaredCharacterSet(dataSet: DicomJson): string[] {
  const values = dataSet[specificCharacterSet]?.Value ?? [];
  return values.map((value) => (typeof value === 'string' ? value : ''));
}

type Piece = Buffer | StreamedValue;

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function writeAttributes(dataSet: DicomJson, context: WriteContext): Piece[] {
  const pieces: Piece[] = [];
  for (const tag of Object.keys(dataSet).sort()) {
    if (!/^[0-9A-F]{8}$/.test(tag) || tag.startsWith('FFFE')) {
      throw new BrokerError('bad-request', `${JSON.stringify(tag.slice(0, 40))} is no tag of an attribute.`);
    }
    const isNestedSet = tag === specificCharacterSet && context.within.length > 0;
    if (tag.endsWith('0000') || isNestedSet) continue;
    const attribute = dataSet[tag]!;
    const value = valueField(tag, attribute, context);
    const [first] = value;
    const isEncapsulated = first !== undefined && 'stream' in first && first.isEncapsulated === true;
    pieces.push(elementHeader(tag, attribute.vr, isEncapsulated ? undefined : lengthOf(value), context));
    for (const piece of value) pieces.push(piece);
  }
  return pieces;
}

function valueField(tag: Tag, attribute: JsonAttribute, context: WriteContext): Piece[] {
  try {
    if (attribute.vr === 'SQ') return writeItems(tag, attribute, context);
    if (attribute.BulkDataURI === undefined) return [encodeValue(attribute, context)];
    return [context.findBulk(attribute, tag) ?? encodeValue(attribute, context)];
  } catch (thrown) {
    if (!(thrown instanceof UnfitValue)) throw thrown;
    throw new BrokerError(
      'bad-request',
      `${[...context.within, tag].map(labelOf).join(', ')} ${thrown.message}.`,
    );
  }
}

function writeItems(tag: Tag, { Value: items = [] }: JsonAttribute, context: WriteContext): Piece[] {
  const within = [...context.within, tag];
  if (within.length > depthLimit) throw new UnfitValue(`is more than ${depthLimit} sequences deep`);
  return items.flatMap((item) => {
    if (item === null || typeof item !== 'object') throw new UnfitValue('has an item that is no data set');
    const content = writeAttributes(item as DicomJson, { ...context, within });
    return [tagAndLength('FFFEE000', lengthOf(content), context.bigEndian), ...content];
  });
}

/** The header of an element (PS3.5 section 7.1), `given` being its length where it has one; a value too long for a 16-bit length becomes UN (section 6.2.2). */
function elementHeader(tag: Tag, vr: string, given: number | undefined, context: WriteContext): Buffer {
  const { bigEndian, explicitVr } = context;
  const length = given ?? undefinedLength;
  if (!explicitVr) return tagAndLength(tag, length, bigEndian);
  const isLong = hasLongLength(vr) || length > longestShortValue;
  const header = Buffer.alloc(isLong ? 12 : 8);
  tagAndLength(tag, 0, bigEndian).copy(header);
  header.write(hasLongLength(vr) || !isLong ? vr : 'UN', 4, 'latin1');
  if (isLong) writeInteger(header, length, { at: 8, size: 4, bigEndian });
  else writeInteger(header, length, { at: 6, size: 2, bigEndian });
  return header;
}

function tagAndLength(tag: Tag, length: number, bigEndian: boolean): Buffer {
  const header = Buffer.alloc(8);
  writeInteger(header, parseInt(tag.slice(0, 4), 16), { at: 0, size: 2, bigEndian });
  writeInteger(header, parseInt(tag.slice(4), 16), { at: 2, size: 2, bigEndian });
  writeInteger(header, length, { at: 4, size: 4, bigEndian });
  return header;
}

interface Place {
  readonly at: number;
  readonly size: 2 | 4;
  readonly bigEndian: boolean;
}

function writeInteger(buffer: Buffer, value: number, { at, size, bigEndian }: Place): void {
  if (bigEndian) buffer.writeUIntBE(value, at, size);
  else buffer.writeUIntLE(value, at, size);
}
