import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDataPdus } from '../../../broker/dimse/data-pdu.ts';
import { PduType, abortPdu, releaseRqPdu } from '../../../broker/dimse/pdu.ts';
import { PduDecoder } from '../../../broker/dimse/pdu-decoder.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { settledMemory } from '../../support/settled-memory.ts';
import { encodeData, encodePdu, pduHeader } from '../../support/scripted-pdu.ts';

type Event =
  | { readonly pdu: number; readonly body: string }
  | { readonly context: number; readonly control: number; readonly bytes: string };

/** What a decoder tells, with the pieces of each fragment put together. */
function recorder(limit = 1 << 20): {
  readonly decoder: PduDecoder;
  readonly events: Event[];
  pieces: number[];
} {
  const events: Event[] = [];
  const pieces: number[] = [];
  let parts: Buffer[] = [];
  const listener = {
    pdu: (type: number, body: Buffer) => {
      events.push({ pdu: type, body: body.toString('hex') });
    },
    fragment: (context: number, control: number, bytes: Buffer, ends: boolean) => {
      pieces.push(bytes.length);
      parts.push(bytes);
      if (!ends) return;
      events.push({ context, control, bytes: Buffer.concat(parts).toString('hex') });
      parts = [];
    },
  };
  return { decoder: new PduDecoder(listener, limit), events, pieces };
}

function decodeWhole(bytes: Buffer): Event[] {
  const { decoder, events } = recorder();
  decoder.push(bytes);
  return events;
}

function failure(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

const value = fc.record({
  contextId: fc.integer({ min: 1, max: 255 }),
  isCommand: fc.boolean(),
  isLast: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});
const pdu = fc.oneof(
  fc.array(value, { maxLength: 4 }).map(encodeData),
  fc
    .record({
      type: fc.constantFrom(1, 2, 3, 5, 6, 7),
      body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    })
    .map(encodePdu),
);
const stream = fc.array(pdu, { minLength: 1, maxLength: 5 }).map((pdus) => Buffer.concat(pdus));

describe('a PDU decoder', () => {
  it('tells each PDU and each fragment of a value, in order', () => {
    const bytes = Buffer.concat([
      encodePdu({ type: 2, body: Buffer.from('abc') }),
      encodeData([
        { contextId: 3, isCommand: true, isLast: true, bytes: Buffer.from([1, 2]) },
        { contextId: 5, isCommand: false, isLast: false, bytes: Buffer.from([3]) },
      ]),
      releaseRqPdu(),
      abortPdu(2, 6),
    ]);
    expect(decodeWhole(bytes)).toEqual([
      { pdu: 2, body: '616263' },
      { context: 3, control: 3, bytes: '0102' },
      { context: 5, control: 0, bytes: '03' },
      { pdu: 5, body: '00000000' },
      { pdu: 7, body: '00000206' },
    ]);
  });

  it('tells the same however the bytes are split', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        const { decoder, events } = recorder();
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        for (let index = 1; index < at.length; index += 1)
          decoder.push(bytes.subarray(at[index - 1], at[index]));
        expect(events).toEqual(decodeWhole(bytes));
        expect(decoder.insidePdu).toBe(false);
      }),
    );
  });

  it('tells the same byte by byte, and knows at every byte whether it is inside a PDU', () => {
    const first = encodeData([
      { contextId: 1, isCommand: true, isLast: true, bytes: Buffer.from('command') },
    ]);
    const bytes = Buffer.concat([first, releaseRqPdu()]);
    const { decoder, events } = recorder();
    for (let index = 0; index < bytes.length; index += 1) {
      decoder.push(bytes.subarray(index, index + 1));
      const isBetween = index + 1 === first.length || index + 1 === bytes.length;
      expect(decoder.insidePdu, `after byte ${index}`).toBe(!isBetween);
    }
    expect(events).toEqual(decodeWhole(bytes));
  });

  it('hands fragments on as they come, without waiting for their end', () => {
    const bytes = encodeData([
      { contextId: 1, isCommand: false, isLast: true, bytes: Buffer.alloc(100_000) },
    ]);
    const { decoder, pieces } = recorder();
    for (let offset = 0; offset < bytes.length; offset += 10_000) {
      decoder.push(bytes.subarray(offset, offset + 10_000));
    }
    expect(pieces).toHaveLength(11);
  });

  it('hands on views of what it was given, not copies', () => {
    const bytes = encodeData([{ contextId: 1, isCommand: false, isLast: true, bytes: Buffer.alloc(1000) }]);
    let same = false;
    const listener = {
      pdu: () => undefined,
      fragment: (_: number, __: number, piece: Buffer) => (same = piece.buffer === bytes.buffer),
    };
    new PduDecoder(listener, 10_000).push(bytes);
    expect(same).toBe(true);
  });

  it('tells a value of no bytes', () => {
    const empty = encodeData([
      { contextId: 1, isCommand: false, isLast: false, bytes: Buffer.alloc(0) },
      { contextId: 1, isCommand: false, isLast: true, bytes: Buffer.alloc(0) },
    ]);
    expect(decodeWhole(empty)).toEqual([
      { context: 1, control: 0, bytes: '' },
      { context: 1, control: 2, bytes: '' },
    ]);
  });

  it('takes a P-DATA-TF without values and a release without a body', () => {
    const bytes = Buffer.concat([pduHeader(4, 0), pduHeader(5, 0), releaseRqPdu()]);
    expect(decodeWhole(bytes)).toEqual([
      { pdu: 5, body: '' },
      { pdu: 5, body: '00000000' },
    ]);
  });

  it.each([
    {
      what: 'a data PDU of 4 GiB',
      bytes: pduHeader(4, 0xffff_ffff),
      says: /4294967295 bytes, at most 1048576/,
    },
    {
      what: 'an association request of 1 MiB',
      bytes: pduHeader(1, 1 << 20),
      says: /1048576 bytes, at most 262144/,
    },
    { what: 'a PDU of type 0', bytes: pduHeader(0, 4), says: /type 0x0, which does not exist/ },
    { what: 'a PDU of type 8', bytes: pduHeader(8, 4), says: /type 0x8/ },
    { what: 'an HTTP request', bytes: Buffer.from('GET / HTTP/1.1\r\n'), says: /type 0x47/ },
    { what: 'a TLS hello', bytes: Buffer.from([0x16, 3, 1, 2, 0, 1, 0]), says: /type 0x16/ },
    {
      what: 'a value that is longer than its PDU',
      bytes: Buffer.concat([pduHeader(4, 10), Buffer.from([0, 0, 0, 7, 1, 3, 0, 0, 0, 0])]),
      says: /longer than its PDU/,
    },
    {
      what: 'a value of 4 GiB',
      bytes: Buffer.concat([pduHeader(4, 10), Buffer.from([255, 255, 255, 255, 1, 3, 0, 0, 0, 0])]),
      says: /longer than its PDU/,
    },
    {
      what: 'a value too short for its own header',
      bytes: Buffer.concat([pduHeader(4, 6), Buffer.from([0, 0, 0, 1, 1, 3])]),
      says: /longer than its PDU/,
    },
    {
      what: 'a PDU that ends inside the header of a value',
      bytes: Buffer.concat([pduHeader(4, 5), Buffer.from([0, 0, 0, 2, 1])]),
      says: /ends inside the header/,
    },
  ])('refuses $what, at whichever byte the chunk ends', ({ bytes, says }) => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { decoder } = recorder();
      const error = failure(() => {
        decoder.push(bytes.subarray(0, cut));
        decoder.push(bytes.subarray(cut));
      });
      expect(error).toBeInstanceOf(BrokerError);
      expect(error).toMatchObject({
        code: 'association-aborted',
        message: expect.stringMatching(says) as string,
      });
    }
  });

  it('throws nothing but BrokerError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 8 }), (bytes, type) => {
        const hostile = Buffer.concat([Buffer.from([type]), bytes]);
        const error = failure(() => recorder().decoder.push(hostile));
        if (error !== undefined) expect(error).toBeInstanceOf(BrokerError);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no memory of a data PDU that goes on and on', () => {
    const size = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024);
    const decoder = new PduDecoder({ pdu: () => undefined, fragment: () => undefined }, size + 6);
    const before = settledMemory();
    decoder.push(pduHeader(4, size + 6));
    const header = Buffer.from([0, 0, 0, 0, 1, 2]);
    header.writeUInt32BE(size + 2);
    decoder.push(header);
    for (let sent = 0; sent < size; sent += chunk.length) decoder.push(chunk);
    expect(decoder.insidePdu).toBe(false);
    expect(settledMemory() - before).toBeLessThan(1024 * 1024);
  });
});

describe('what is sent as data PDUs', () => {
  it('comes out whole, in fragments of the length that was agreed, and only the last one marked', () => {
    const kinds = fc.constantFrom('command' as const, 'data set' as const);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 90 }),
        kinds,
        (bytes, length, kind) => {
          const pdus = encodeDataPdus(7, kind, Buffer.from(bytes), length);
          const events = decodeWhole(Buffer.concat(pdus)) as Extract<Event, { bytes: string }>[];
          expect(events.map((event) => event.bytes).join('')).toBe(Buffer.from(bytes).toString('hex'));
          const kindBit = kind === 'command' ? 1 : 0;
          events.forEach((event, index) => {
            expect(event.context).toBe(7);
            expect(event.bytes.length / 2).toBeLessThanOrEqual(length);
            expect(event.control).toBe(kindBit | (index === events.length - 1 ? 2 : 0));
          });
        },
      ),
    );
  });

  it('has the bytes of PS3.8 table 9-22 and 9-23', () => {
    const bytes = Buffer.concat(encodeDataPdus(1, 'command', Buffer.from([0xaa, 0xbb]), 100));
    expect(bytes.toString('hex')).toBe('04' + '00' + '00000008' + '00000004' + '01' + '03' + 'aabb');
  });

  it('marks no last fragment where more of the data set follows', () => {
    const events = decodeWhole(Buffer.concat(encodeDataPdus(1, 'data set', Buffer.alloc(5), 2, false)));
    expect(events.map((event) => 'control' in event && event.control)).toEqual([0, 0, 0]);
    expect(PduType.data).toBe(4);
  });
});
