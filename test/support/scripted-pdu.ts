/** PDU types of PS3.8 section 9.3. */
export const pduTypes = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseResponse: 6,
  abort: 7,
} as const;

/** A PDU without its six bytes of header. */
export interface Pdu {
  readonly type: number;
  readonly body: Buffer;
}

/** One presentation data value of a P-DATA-TF PDU (PS3.8 section 9.3.5). */
export interface DataValue {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Buffer;
}

/** The six bytes before a PDU's body; `length` is written as given, whether it is true or not. */
export function pduHeader(type: number, length: number): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(length, 2);
  return header;
}

export function encodePdu({ type, body }: Pdu): Buffer {
  return Buffer.concat([pduHeader(type, body.length), body]);
}

/** A P-DATA-TF PDU of these values. */
export function encodeData(values: readonly DataValue[]): Buffer {
  const parts = values.flatMap(({ contextId, isCommand, isLast, bytes }) => {
    const header = Buffer.alloc(6);
    header.writeUInt32BE(bytes.length + 2, 0);
    header.writeUInt8(contextId, 4);
    header.writeUInt8((isCommand ? 1 : 0) | (isLast ? 2 : 0), 5);
    return [header, bytes];
  });
  return encodePdu({ type: pduTypes.data, body: Buffer.concat(parts) });
}

/** The values in the body of a P-DATA-TF PDU. */
export function decodeData(body: Buffer): DataValue[] {
  const values: DataValue[] = [];
  for (let position = 0; position + 6 <= body.length;) {
    const end = position + 4 + body.readUInt32BE(position);
    const flags = body.readUInt8(position + 5);
    values.push({
      contextId: body.readUInt8(position + 4),
      isCommand: (flags & 1) !== 0,
      isLast: (flags & 2) !== 0,
      bytes: body.subarray(position + 6, end),
    });
    position = end;
  }
  return values;
}
