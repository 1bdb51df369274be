const preambleBytes = 128;

/** A Part 10 file (PS3.10 section 7) taken apart. */
export interface Part10 {
  /** Transfer Syntax UID (0002,0010) without padding. */
  readonly transferSyntax: string;
  /** The data set's bytes: all that follows the file meta information. */
  readonly dataSet: Buffer;
}

/**
 * Splits a file at the end of its file meta information, found by walking over group 0002 (always
 * Explicit VR Little Endian), since its group length is wrong or missing in some files.
 * @throws Error where the file has no DICM prefix
 */
export function readPart10(file: Buffer): Part10 {
  if (file.toString('latin1', preambleBytes, preambleBytes + 4) !== 'DICM') {
    throw new Error('This is no Part 10 file: it has no DICM prefix after 128 bytes.');
  }
  let position = preambleBytes + 4;
  let transferSyntax = '';
  while (position + 8 <= file.length && file.readUInt16LE(position) === 2) {
    const vr = file.toString('latin1', position + 4, position + 6);
    const isLong = ['OB', 'OW', 'UN', 'UT', 'SQ'].includes(vr);
    const start = position + (isLong ? 12 : 8);
    const length = isLong ? file.readUInt32LE(position + 8) : file.readUInt16LE(position + 6);
    if (file.readUInt16LE(position + 2) === 0x0010) {
      transferSyntax = file.toString('latin1', start, start + length).replace(/[\0 ]+$/, '');
    }
    position = start + length;
  }
  return { transferSyntax, dataSet: file.subarray(position) };
}
