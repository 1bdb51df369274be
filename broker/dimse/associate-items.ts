import { BrokerError } from '../domain/errors.ts';
import { trimPadding } from '../domain/padding.ts';

/** Item types inside A-ASSOCIATE-RQ and -AC (PS3.8 section 9.3.2, PS3.7 annex D.3.3). */
export const ItemType = {
  applicationContext: 0x10,
  presentationContextRq: 0x20,
  presentationContextAc: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUid: 0x52,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  extendedNegotiation: 0x56,
} as const;

/** The only application context there is (PS3.7 annex A.2.1). */
export const applicationContextName = '1.2.840.10008.3.1.1.1';

export interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/** One item: type, reserved byte, 16-bit length, value. */
export function encodeItem(type: number, ...values: readonly (Buffer | string)[]): Buffer {
  const value = Buffer.concat(
    values.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

/**
 * The items of a body, in order.
 * @throws BrokerError `association-aborted` where an item is longer than what holds it
 */
export function decodeItems(body: Buffer): Item[] {
  const items: Item[] = [];
  let offset = 0;
  while (offset < body.length) {
    if (offset + 4 > body.length) throw truncated();
    const length = body.readUInt16BE(offset + 2);
    const end = offset + 4 + length;
    if (end > body.length) throw truncated();
    items.push({ type: body[offset] ?? 0, value: body.subarray(offset + 4, end) });
    offset = end;
  }
  return items;
}

/** Text of an item without the padding that some peers leave on it. */
export function itemText(value: Buffer): string {
  return trimPadding(value.toString('latin1'));
}

/** A UID behind a 16-bit length, as role selection and extended negotiation carry it, and what follows. */
export function splitUid(value: Buffer): { uid: string; rest: Buffer } {
  if (value.length < 2) throw truncated();
  const end = 2 + value.readUInt16BE(0);
  if (end > value.length) throw truncated();
  return { uid: itemText(value.subarray(2, end)), rest: value.subarray(end) };
}

/** A UID behind a 16-bit length. */
export function lengthAndUid(uid: string): Buffer {
  const text = Buffer.from(uid, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}

function truncated(): BrokerError {
  return new BrokerError(
    'association-aborted',
    'The peer sent an association PDU with an item that is cut off.',
  );
}
