import { BrokerError } from '../domain/errors.ts';
import { trimPadding } from '../domain/padding.ts';

/** Command fields of DIMSE-C messages (PS3.7 annex E.1). */
export const CommandField = {
  cStoreRq: 0x0001,
  cStoreRsp: 0x8001,
  cGetRq: 0x0010,
  cGetRsp: 0x8010,
  cFindRq: 0x0020,
  cFindRsp: 0x8020,
  cMoveRq: 0x0021,
  cMoveRsp: 0x8021,
  cEchoRq: 0x0030,
  cEchoRsp: 0x8030,
  cCancelRq: 0x0fff,
} as const;

/** Value of Command Data Set Type that says there is no data set (PS3.7 annex E.1). */
export const noDataSet = 0x0101;
const withDataSet = 0x0001;

/** A command set (PS3.7 annex E): what the gateway sends and reads of group 0000. */
export interface CommandSet {
  readonly commandField: number;
  readonly hasDataSet: boolean;
  readonly affectedSopClassUid?: string;
  readonly messageId?: number;
  readonly messageIdBeingRespondedTo?: number;
  readonly moveDestination?: string;
  readonly priority?: number;
  readonly status?: number;
  readonly errorComment?: string;
  readonly affectedSopInstanceUid?: string;
  readonly remainingSubOperations?: number;
  readonly completedSubOperations?: number;
  readonly failedSubOperations?: number;
  readonly warningSubOperations?: number;
  readonly moveOriginatorAeTitle?: string;
  readonly moveOriginatorMessageId?: number;
}

type Kind = 'us' | 'text' | 'uid';
type Field = Exclude<keyof CommandSet, 'hasDataSet'>;

/** Element number in group 0000, property and form, in ascending order (PS3.7 table E.1-1). */
const fields: readonly (readonly [number, Field, Kind])[] = [
  [0x0002, 'affectedSopClassUid', 'uid'],
  [0x0100, 'commandField', 'us'],
  [0x0110, 'messageId', 'us'],
  [0x0120, 'messageIdBeingRespondedTo', 'us'],
  [0x0600, 'moveDestination', 'text'],
  [0x0700, 'priority', 'us'],
  [0x0900, 'status', 'us'],
  [0x0902, 'errorComment', 'text'],
  [0x1000, 'affectedSopInstanceUid', 'uid'],
  [0x1020, 'remainingSubOperations', 'us'],
  [0x1021, 'completedSubOperations', 'us'],
  [0x1022, 'failedSubOperations', 'us'],
  [0x1023, 'warningSubOperations', 'us'],
  [0x1030, 'moveOriginatorAeTitle', 'text'],
  [0x1031, 'moveOriginatorMessageId', 'us'],
];
const dataSetTypeElement = 0x0800;
const byElement = new Map(fields.map(([element, field, kind]) => [element, { field, kind }]));

/** The command set in Implicit VR Little Endian with its group length (PS3.7 section 6.3.1). */
export function encodeCommandSet(command: CommandSet): Buffer {
  const parts: Buffer[] = [];
  let dataSetTypeWritten = false;
  for (const [element, field, kind] of fields) {
    if (element > dataSetTypeElement && !dataSetTypeWritten) {
      parts.push(encodeUs(dataSetTypeElement, command.hasDataSet ? withDataSet : noDataSet));
      dataSetTypeWritten = true;
    }
    const value = command[field];
    if (value === undefined) continue;
    if (kind === 'us') parts.push(encodeUs(element, value as number));
    else parts.push(encodeText(element, value as string, kind === 'uid' ? '\0' : ' '));
  }
  const body = Buffer.concat(parts);
  const groupLength = Buffer.alloc(12);
  groupLength.writeUInt32LE(4, 4);
  groupLength.writeUInt32LE(body.length, 8);
  return Buffer.concat([groupLength, body]);
}

function encodeUs(element: number, value: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt16LE(value, 8);
  return bytes;
}

function encodeText(element: number, text: string, pad: string): Buffer {
  const value = Buffer.from(text.length % 2 === 0 ? text : text + pad, 'latin1');
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

/**
 * Reads a command set. Elements that the gateway does not know are skipped.
 * @throws BrokerError `association-aborted` where it is cut off or has no command field
 */
export function decodeCommandSet(bytes: Buffer): CommandSet {
  const found: Record<string, number | string> = {};
  let hasDataSet = false;
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const group = bytes.readUInt16LE(offset);
    const element = bytes.readUInt16LE(offset + 2);
    const start = offset + 8;
    offset = start + bytes.readUInt32LE(offset + 4);
    if (offset > bytes.length) throw malformed('is cut off');
    if (group !== 0) continue;
    if (element === dataSetTypeElement) hasDataSet = readUs(bytes, start, offset) !== noDataSet;
    const known = byElement.get(element);
    if (known === undefined || offset === start) continue;
    found[known.field] =
      known.kind === 'us'
        ? readUs(bytes, start, offset)
        : trimPadding(bytes.toString('latin1', start, offset));
  }
  const commandField = found['commandField'];
  if (typeof commandField !== 'number') throw malformed('has no command field');
  return { ...found, commandField, hasDataSet };
}

function readUs(bytes: Buffer, start: number, end: number): number {
  if (end - start < 2) throw malformed('has a number of less than two bytes');
  return bytes.readUInt16LE(start);
}

function malformed(what: string): BrokerError {
  return new BrokerError('association-aborted', `The peer sent a command set that ${what}.`);
}
