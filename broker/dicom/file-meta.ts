import { BrokerError } from '../domain/errors.ts';
import { implementationClassUid, implementationVersionName } from '../domain/implementation.ts';
import { deflatedExplicitVrLittleEndian } from '../domain/transfer-syntax.ts';
import type { Uid } from '../domain/uid.ts';
import { readUid } from '../domain/uid.ts';
import { ElementHeader, layoutOfFirstElement } from './element-header.ts';

/** Where the File Meta Information begins: after 128 bytes of preamble and "DICM" (PS3.10 section 7.1). */
const metaOffset = 132;

const transferSyntaxTag = 0x00020010;

/** The File Meta Information that differs from file to file (PS3.10 table 7.1-1). */
export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Title of the application entity that the data set came from. */
  readonly sourceAeTitle?: string;
}

/** What the File Meta Information of a file says. UIDs that it lacks are undefined. */
export interface ReadFileMeta {
  readonly transferSyntaxUid: Uid;
  readonly sopClassUid: Uid | undefined;
  readonly sopInstanceUid: Uid | undefined;
  /** Byte of the file at which the data set begins. */
  readonly dataSetOffset: number;
}

/**
 * Everything of a DICOM file that stands before the data set: preamble, prefix and File Meta
 * Information with its group length (PS3.10 section 7.1), written by this product.
 */
export function fileMetaHeader(meta: FileMeta): Buffer {
  const elements = [
    longElement(0x0001, 'OB', Buffer.from([0, 1])),
    shortElement(0x0002, 'UI', padded(meta.sopClassUid, '\0')),
    shortElement(0x0003, 'UI', padded(meta.sopInstanceUid, '\0')),
    shortElement(0x0010, 'UI', padded(meta.transferSyntaxUid, '\0')),
    shortElement(0x0012, 'UI', padded(implementationClassUid, '\0')),
    shortElement(0x0013, 'SH', padded(implementationVersionName, ' ')),
  ];
  if (meta.sourceAeTitle !== undefined) {
    elements.push(shortElement(0x0016, 'AE', padded(meta.sourceAeTitle, ' ')));
  }
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(elements.reduce((sum, element) => sum + element.length, 0));
  const preamble = Buffer.alloc(metaOffset);
  preamble.write('DICM', 128, 'latin1');
  return Buffer.concat([preamble, shortElement(0x0000, 'UL', groupLength), ...elements]);
}

function shortElement(element: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0x0002, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function longElement(element: number, vr: string, value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([shortElement(element, vr, Buffer.alloc(0)), length, value]);
}

function padded(text: string, padding: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1');
}

/**
 * Reads the File Meta Information of a DICOM file from its first bytes, which must hold all of it.
 * A group length that is missing or wrong does not matter, nor does Implicit VR, which some write.
 * @throws BrokerError `malformed-data-set` where there is none, where it is not whole, or where it
 *   does not name the transfer syntax
 */
export function readFileMeta(bytes: Uint8Array): ReadFileMeta {
  const prefix = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, metaOffset));
  if (prefix.toString('latin1', 128) !== 'DICM') {
    throw new BrokerError('malformed-data-set', 'This is no DICOM file: "DICM" does not stand at byte 128.');
  }
  const { values, end } = readGroup(bytes);
  const uidOf = (tag: number): Uid | undefined => readUid(values.get(tag)?.toString('latin1') ?? '');
  const transferSyntaxUid = uidOf(transferSyntaxTag);
  if (transferSyntaxUid === undefined) {
    const message = 'The File Meta Information does not name a Transfer Syntax UID (0002,0010).';
    throw new BrokerError('malformed-data-set', message);
  }
  return {
    transferSyntaxUid,
    sopClassUid: uidOf(0x00020002),
    sopInstanceUid: uidOf(0x00020003),
    dataSetOffset: end,
  };
}

/** The values of group 0002, as views of `bytes`, and the byte at which it ends. */
function readGroup(bytes: Uint8Array): { values: ReadonlyMap<number, Buffer>; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Map<number, Buffer>();
  const header = new ElementHeader({ explicitVr: true, bigEndian: false });
  let at = metaOffset;
  if (bytes.length >= at + 8) header.layout = layoutOfFirstElement(view, at, header.layout);
  while (bytes.length > at && view.getUint8(at) === 0x02 && !isDeflatedFrom(at, values)) {
    const isWhole = header.read(view, at, bytes.length);
    const valueOffset = at + header.size;
    if (!isWhole || valueOffset + header.length > bytes.length) {
      const message = `The File Meta Information is not whole: its element at byte ${at} has no end.`;
      throw new BrokerError('malformed-data-set', message);
    }
    if (header.tag >>> 16 !== 0x0002) break;
    values.set(header.tag, Buffer.from(bytes.buffer, bytes.byteOffset + valueOffset, header.length));
    at = valueOffset + header.length;
  }
  return { values, end: at };
}

/** Deflated bytes can look like an element of group 0002: in front of them the group length decides. */
function isDeflatedFrom(at: number, values: ReadonlyMap<number, Buffer>): boolean {
  if (readUid(values.get(transferSyntaxTag)?.toString('latin1') ?? '') !== deflatedExplicitVrLittleEndian) {
    return false;
  }
  const groupLength = values.get(0x00020000);
  return groupLength?.length === 4 && at === metaOffset + 12 + groupLength.readUInt32LE();
}
