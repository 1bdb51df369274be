import { PduType, pduHeaderLength, pdvHeaderLength } from './pdu.ts';

/**
 * The P-DATA-TF PDUs that carry a command set or (a part of) a data set, one presentation data value
 * each (PS3.8 section 9.3.5).
 * @param fragmentLength bytes of a fragment at most: the peer's maximum less the value's header
 * @param last whether the bytes end the command or data set
 */
export function encodeDataPdus(
  contextId: number,
  kind: 'command' | 'data set',
  bytes: Buffer,
  fragmentLength: number,
  last = true,
): Buffer[] {
  const parts: Buffer[] = [];
  let offset = 0;
  do {
    const fragment = bytes.subarray(offset, offset + fragmentLength);
    offset += fragment.length;
    const control = (kind === 'command' ? 1 : 0) | (last && offset >= bytes.length ? 2 : 0);
    parts.push(encodeHeader(contextId, control, fragment.length), fragment);
  } while (offset < bytes.length);
  return parts;
}

function encodeHeader(contextId: number, control: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(pduHeaderLength + pdvHeaderLength);
  header[0] = PduType.data;
  header[1] = 0;
  header.writeUInt32BE(length + pdvHeaderLength, 2);
  header.writeUInt32BE(length + 2, 6);
  header[10] = contextId;
  header[11] = control;
  return header;
}
