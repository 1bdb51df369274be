/** Elements of group 0000 (PS3.7 annex E.1) by their keyword: element number and VR. */
const elements = {
  AffectedSOPClassUID: [0x0002, 'UI'],
  RequestedSOPClassUID: [0x0003, 'UI'],
  CommandField: [0x0100, 'US'],
  MessageID: [0x0110, 'US'],
  MessageIDBeingRespondedTo: [0x0120, 'US'],
  MoveDestination: [0x0600, 'AE'],
  Priority: [0x0700, 'US'],
  CommandDataSetType: [0x0800, 'US'],
  Status: [0x0900, 'US'],
  OffendingElement: [0x0901, 'AT'],
  ErrorComment: [0x0902, 'LO'],
  ErrorID: [0x0903, 'US'],
  AffectedSOPInstanceUID: [0x1000, 'UI'],
  RequestedSOPInstanceUID: [0x1001, 'UI'],
  NumberOfRemainingSuboperations: [0x1020, 'US'],
  NumberOfCompletedSuboperations: [0x1021, 'US'],
  NumberOfFailedSuboperations: [0x1022, 'US'],
  NumberOfWarningSuboperations: [0x1023, 'US'],
  MoveOriginatorApplicationEntityTitle: [0x1030, 'AE'],
  MoveOriginatorMessageID: [0x1031, 'US'],
} as const;

export type CommandKeyword = keyof typeof elements;

/** A command set; an attribute that is left out is not sent. */
export type Command = Partial<Record<CommandKeyword, string | number>>;

/** Command fields of requests (PS3.7 annex E.1); a response has 0x8000 more. */
export const commandFields = {
  store: 0x0001,
  get: 0x0010,
  find: 0x0020,
  move: 0x0021,
  echo: 0x0030,
  cancel: 0x0fff,
} as const;

/** Value of CommandDataSetType where no data set follows; any other means that one does. */
export const noDataSet = 0x0101;

function entry(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function valueBytes(vr: string, value: string | number): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return bytes;
  }
  const bytes = Buffer.from(value, 'latin1');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}

/** A command set with its group length, in Implicit VR Little Endian (PS3.7 section 6.3.1). */
export function encodeCommand(command: Command): Buffer {
  const parts = (Object.keys(elements) as CommandKeyword[]).flatMap((keyword) => {
    const value = command[keyword];
    const [element, vr] = elements[keyword];
    return value === undefined ? [] : [entry(element, valueBytes(vr, value))];
  });
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([entry(0, length), body]);
}

/** The attributes of a command set that are known here. */
export function decodeCommand(bytes: Buffer): Command {
  const command: Command = {};
  for (let position = 0; position + 8 <= bytes.length;) {
    const element = bytes.readUInt16LE(position + 2);
    const end = position + 8 + bytes.readUInt32LE(position + 4);
    const value = bytes.subarray(position + 8, end);
    for (const keyword of Object.keys(elements) as CommandKeyword[]) {
      const [number, vr] = elements[keyword];
      if (number !== element) continue;
      command[keyword] =
        vr === 'US' ? value.readUInt16LE(0) : value.toString('latin1').replace(/[\0 ]+$/, '');
    }
    position = end;
  }
  return command;
}
