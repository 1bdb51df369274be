const preambleBytes = 128;
const prefixEnd = preambleBytes + 4;

/** A Part 10 file (PS3.10 section 7) taken apart. */
export interface Part10 {
  /** Transfer Syntax UID (0002,0010) without padding. */
  readonly transferSyntax: string;
  /** Media Storage SOP Class UID (0002,0002) without padding. */
  readonly sopClass: string;
  /** Media Storage SOP Instance UID (0002,0003) without padding. */
  readonly sopInstance: string;
  /** File Meta Information Group Length (0002,0000); undefined where it is missing. */
  readonly groupLength: number | undefined;
  /** The bytes that the group length ought to count: those of group 2 behind it. */
  readonly countedBytes: number;
  /** The data set's bytes: all that follows the file meta information. */
  readonly dataSet: Buffer;
}

/**
 * Splits a file at the end of its file meta information, found by walking over group 0002 (always
 * Explicit VR Little Endian), since its group length is wrong or missing in some files.
 * @throws Error where the file has no DICM prefix
 */
export function readPart10(file: Buffer): Part10 {
  if (file.toString('latin1', preambleBytes, prefixEnd) !== 'DICM') {
    throw new Error('This is no Part 10 file: it has no DICM prefix after 128 bytes.');
  }
  const elements = new Map<number, Buffer>();
  let position = prefixEnd;
  let countedFrom = prefixEnd;
  while (position + 8 <= file.length && file.readUInt16LE(position) === 2) {
    const vr = file.toString('latin1', position + 4, position + 6);
    const isLong = ['OB', 'OW', 'UN', 'UT', 'SQ'].includes(vr);
    const start = position + (isLong ? 12 : 8);
    const length = isLong ? file.readUInt32LE(position + 8) : file.readUInt16LE(position + 6);
    const element = file.readUInt16LE(position + 2);
    elements.set(element, file.subarray(start, start + length));
    position = start + length;
    if (element === 0x0000) countedFrom = position;
  }
  const uid = (element: number): string =>
    elements
      .get(element)
      ?.toString('latin1')
      .replace(/[\0 ]+$/, '') ?? '';
  const groupLength = elements.get(0x0000);
  return {
    transferSyntax: uid(0x0010),
    sopClass: uid(0x0002),
    sopInstance: uid(0x0003),
    groupLength: groupLength?.length === 4 ? groupLength.readUInt32LE(0) : undefined,
    countedBytes: position - countedFrom,
    dataSet: file.subarray(position),
  };
}
