import { readFile } from 'node:fs/promises';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { readPart10 } from './part10.ts';

/** Tag (eight upper-case hexadecimal digits) to value, without its padding. Sequences are left out. */
export type Elements = ReadonlyMap<string, Buffer>;

const longVrs: ReadonlySet<string> = new Set([
  ...['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'],
]);

/**
 * Reads the outermost elements of a small Part 10 file in an uncompressed Little Endian syntax, by
 * means that have nothing to do with the gateway's.
 * @throws Error for another transfer syntax, and for a sequence of undefined length
 */
export async function readElements(file: string): Promise<Elements> {
  const { transferSyntax, dataSet } = readPart10(await readFile(file));
  const explicit = transferSyntax === explicitVrLittleEndian;
  if (!explicit && transferSyntax !== implicitVrLittleEndian) {
    throw new Error(`${file} is in ${transferSyntax}, which is not read here.`);
  }
  const elements = new Map<string, Buffer>();
  for (let position = 0; position + 8 <= dataSet.length;) {
    const tag = hex(dataSet.readUInt16LE(position)) + hex(dataSet.readUInt16LE(position + 2));
    const vr = explicit ? dataSet.toString('latin1', position + 4, position + 6) : '';
    const isShort = explicit && !longVrs.has(vr);
    const start = position + (explicit && !isShort ? 12 : 8);
    const length = isShort ? dataSet.readUInt16LE(start - 2) : dataSet.readUInt32LE(start - 4);
    if (length === 0xffff_ffff) throw new Error(`${tag} in ${file} has an undefined length.`);
    if (vr !== 'SQ') elements.set(tag, trimmed(dataSet.subarray(start, start + length)));
    position = start + length;
  }
  return elements;
}

/** The value of an element as UTF-8 text, empty where it is missing. */
export function textOf(elements: Elements | undefined, tag: string): string {
  return elements?.get(tag)?.toString('utf8') ?? '';
}

function trimmed(value: Buffer): Buffer {
  const last = value.at(-1);
  return last === 0x20 || last === 0 ? value.subarray(0, -1) : value;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase().padStart(4, '0');
}
