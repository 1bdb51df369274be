import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationContextName, decodeItems, encodeItem } from '../../../broker/dimse/associate-items.ts';
import {
  type AssociateRq,
  decodeAssociateAc,
  decodeAssociateRq,
  encodeAssociateAc,
  encodeAssociateRq,
} from '../../../broker/dimse/associate-pdu.ts';
import { PduType, pduHeaderLength } from '../../../broker/dimse/pdu.ts';
import { maxPresentationContexts, numberContexts } from '../../../broker/dimse/presentation-context.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { implementationClassUid, implementationVersionName } from '../../../broker/domain/implementation.ts';
import { transferSyntaxes } from '../../../broker/domain/transfer-syntax.ts';
import {
  decodeAssociateAccept,
  decodeAssociateRequest,
  encodeAssociateRequest,
} from '../../support/scripted-associate.ts';

const uid = fc.array(fc.nat({ max: 99_999 }), { minLength: 2, maxLength: 8 }).map((parts) => parts.join('.'));
const aeTitle = fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/);
const role = fc.record({ sopClass: uid, scu: fc.boolean(), scp: fc.boolean() });
const extendedNegotiation = fc.record({
  sopClass: uid,
  information: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
});
const proposed = fc
  .array(
    fc.record({ abstractSyntax: uid, transferSyntaxes: fc.array(uid, { minLength: 1, maxLength: 4 }) }),
    { maxLength: 20 },
  )
  .map((contexts) => numberContexts(contexts));
const common = {
  calledAeTitle: aeTitle,
  callingAeTitle: aeTitle,
  maxPduLength: fc.nat({ max: 0xffff_ffff }),
  roles: fc.array(role, { maxLength: 5 }),
  extended: fc.array(extendedNegotiation, { maxLength: 3 }),
};
const request = fc.record({ ...common, contexts: proposed });
const accept = fc.record({
  ...common,
  contexts: fc.array(
    fc.record({ id: fc.integer({ min: 0, max: 255 }), result: fc.nat({ max: 4 }), transferSyntax: uid }),
    { maxLength: 20 },
  ),
});

/** The variable part, after a check that the header announces exactly that. */
function bodyOf(pdu: Buffer, type: number): Buffer {
  expect(pdu[0]).toBe(type);
  expect(pdu.readUInt32BE(2)).toBe(pdu.length - pduHeaderLength);
  return pdu.subarray(pduHeaderLength);
}

function onlyBrokerErrors(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(BrokerError);
    expect((error as BrokerError).code).toBe('association-aborted');
  }
}

const small: Omit<AssociateRq, 'applicationContext'> = {
  calledAeTitle: 'ARCHIVE',
  callingAeTitle: 'BROKER',
  maxPduLength: 131_072,
  contexts: [{ id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }],
  roles: [],
  extended: [],
};

describe('an A-ASSOCIATE-RQ', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(request, (given) => {
        const body = bodyOf(encodeAssociateRq(given), PduType.associateRq);
        expect(decodeAssociateRq(body)).toEqual({
          ...given,
          applicationContext: applicationContextName,
          implementation: implementationVersionName,
        });
      }),
    );
  });

  it('is understood by another decoder, and another encoder by ours', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { extended, ...rest } = given;
        const theirs = {
          ...rest,
          extendedNegotiation: extended.map((one) => ({
            sopClass: one.sopClass,
            bytes: [...one.information],
          })),
        };
        expect(decodeAssociateRequest(encodeAssociateRq(given).subarray(6))).toEqual(theirs);
        expect(decodeAssociateRq(encodeAssociateRequest(theirs).body)).toMatchObject(given);
      }),
    );
  });

  it('has the bytes of PS3.8 table 9-11', () => {
    const hex = encodeAssociateRq(small).toString('hex');
    expect(hex).toMatch(/^0100000000[0-9a-f]{2}00010000/);
    const fixed = [
      '0001' + '0000',
      Buffer.from('ARCHIVE         BROKER          ').toString('hex'),
      '00'.repeat(32),
      '10000015' + Buffer.from('1.2.840.10008.3.1.1.1').toString('hex'),
      '2000002e' + '01000000',
      '30000011' + Buffer.from('1.2.840.10008.1.1').toString('hex'),
      '40000011' + Buffer.from('1.2.840.10008.1.2').toString('hex'),
      '5000',
    ].join('');
    expect(hex.slice(12)).toMatch(new RegExp(`^${fixed}`));
    expect(hex).toContain('51000004' + '00020000');
    expect(hex).toContain(Buffer.from(implementationClassUid).toString('hex'));
  });

  it('has its user information in ascending order of the item types, as strict peers expect', () => {
    const sopClass = '1.2.840.10008.5.1.4.1.2.2.1';
    const body = encodeAssociateRq({
      ...small,
      roles: [{ sopClass, scu: true, scp: true }],
      extended: [{ sopClass, information: Buffer.from([1, 0, 1]) }],
    }).subarray(pduHeaderLength + 68);
    const user = decodeItems(body).find(({ type }) => type === 0x50);
    const items = decodeItems(user?.value ?? Buffer.alloc(0));
    expect(items.map(({ type }) => type)).toEqual([0x51, 0x52, 0x54, 0x55, 0x56]);
    const name = Buffer.from(sopClass).toString('hex');
    expect(items[2]?.value.toString('hex')).toBe(`001b${name}0101`);
    expect(items[4]?.value.toString('hex')).toBe(`001b${name}010001`);
  });

  it('holds 128 contexts with every transfer syntax', () => {
    const all = transferSyntaxes.map((syntax) => syntax.uid);
    const wanted = Array.from({ length: 200 }, (_, index) => ({
      abstractSyntax: `1.2.3.${index}`,
      transferSyntaxes: all,
    }));
    const contexts = numberContexts(wanted);
    expect(contexts).toHaveLength(maxPresentationContexts);
    expect(contexts.at(-1)?.id).toBe(255);
    const pdu = encodeAssociateRq({ ...small, contexts });
    expect(pdu.length).toBeLessThan(256 * 1024);
    expect(decodeAssociateRq(pdu.subarray(6)).contexts).toEqual(contexts);
  });

  it('is read without the padding of its AE titles and UIDs, be it spaces or NUL', () => {
    const body = encodeAssociateRq({
      ...small,
      contexts: [{ id: 1, abstractSyntax: '1.2.3\0', transferSyntaxes: ['1.2 '] }],
    }).subarray(6);
    body.write('PACS\0\0\0\0        ', 4, 'latin1');
    body.write('  CT1           ', 20, 'latin1');
    expect(decodeAssociateRq(body)).toMatchObject({
      calledAeTitle: 'PACS',
      callingAeTitle: 'CT1',
      contexts: [{ abstractSyntax: '1.2.3', transferSyntaxes: ['1.2'] }],
    });
  });

  it('may lack items, or have unknown ones', () => {
    expect(decodeAssociateRq(Buffer.alloc(68))).toEqual({
      applicationContext: '',
      calledAeTitle: '',
      callingAeTitle: '',
      contexts: [],
      extended: [],
      maxPduLength: 0,
      roles: [],
    });
    const unknown = encodeItem(0x77, 'what');
    const user = encodeItem(
      0x50,
      encodeItem(0x58, 'user identity'),
      encodeItem(0x51, Buffer.from([0, 0, 64, 0])),
    );
    expect(decodeAssociateRq(Buffer.concat([Buffer.alloc(68), unknown, user])).maxPduLength).toBe(16_384);
  });
});

describe('an A-ASSOCIATE-AC', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(accept, (given) => {
        expect(decodeAssociateAc(bodyOf(encodeAssociateAc(given), PduType.associateAc))).toEqual({
          ...given,
          implementation: implementationVersionName,
        });
      }),
    );
  });

  it('is understood by another decoder', () => {
    fc.assert(
      fc.property(accept, ({ extended, contexts, maxPduLength, roles, ...titles }) => {
        const pdu = encodeAssociateAc({ ...titles, contexts, maxPduLength, roles, extended });
        expect(decodeAssociateAccept(pdu.subarray(6))).toMatchObject({ contexts, maxPduLength, roles });
      }),
    );
  });
});

describe('hostile association PDUs', () => {
  it('cut off at any byte throw nothing but BrokerError', () => {
    const sopClass = '1.2.840.10008.5.1.4.1.2.2.1';
    const whole = encodeAssociateRq({
      ...small,
      roles: [{ sopClass, scu: false, scp: true }],
      extended: [{ sopClass, information: Buffer.from([1]) }],
    }).subarray(6);
    for (let length = 0; length < whole.length; length += 1) {
      onlyBrokerErrors(() => decodeAssociateRq(whole.subarray(0, length)));
      onlyBrokerErrors(() => decodeAssociateAc(whole.subarray(0, length)));
    }
    expect(() => decodeAssociateRq(whole.subarray(0, 67))).toThrow(/too short/);
    expect(() => decodeAssociateRq(whole.subarray(0, 70))).toThrow(/cut off/);
  });

  it('of any bytes, or with any bytes changed, throw nothing but BrokerError', () => {
    const whole = encodeAssociateRq({
      ...small,
      roles: [{ sopClass: '1.2', scu: true, scp: true }],
    }).subarray(6);
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const body = Buffer.from(whole);
        for (const [at, byte] of changes) body[at] = byte;
        onlyBrokerErrors(() => decodeAssociateRq(body));
        onlyBrokerErrors(() => decodeAssociateAc(body));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        onlyBrokerErrors(() => decodeAssociateRq(Buffer.concat([Buffer.alloc(68), bytes])));
      }),
    );
  });

  it('take no time to speak of where they are all padding', () => {
    const long = Buffer.alloc(60_000, ' ');
    long.write('x', long.length - 1);
    const context = encodeItem(0x20, Buffer.from([1, 0, 0, 0]), encodeItem(0x30, long));
    const body = Buffer.concat([Buffer.alloc(68), context, context, context, context]);
    const start = performance.now();
    decodeAssociateRq(body);
    expect(performance.now() - start).toBeLessThan(200);
  });
});
