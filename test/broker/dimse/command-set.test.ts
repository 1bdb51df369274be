import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CommandField,
  type CommandSet,
  decodeCommandSet,
  encodeCommandSet,
} from '../../../broker/dimse/command-set.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { encodeCommand } from '../../support/scripted-command.ts';

const us = fc.nat({ max: 0xffff });
const uid = fc.stringMatching(/^[0-9]{1,9}(\.[0-9]{1,9}){1,4}$/);
const text = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const command = fc.record(
  {
    commandField: us,
    hasDataSet: fc.boolean(),
    affectedSopClassUid: uid,
    messageId: us,
    messageIdBeingRespondedTo: us,
    moveDestination: fc.stringMatching(/^[A-Z]{1,16}$/),
    priority: us,
    status: us,
    errorComment: text,
    affectedSopInstanceUid: uid,
    remainingSubOperations: us,
    completedSubOperations: us,
    failedSubOperations: us,
    warningSubOperations: us,
    moveOriginatorAeTitle: fc.stringMatching(/^[A-Z]{1,16}$/),
    moveOriginatorMessageId: us,
  },
  { requiredKeys: ['commandField', 'hasDataSet'] },
) as fc.Arbitrary<CommandSet>;

/** A C-ECHO-RQ of the standard, byte for byte: PS3.7 table 9.3-12 in Implicit VR Little Endian. */
const echoRequest = [
  '0000' + '0000' + '04000000' + '38000000',
  '0000' + '0200' + '12000000' + '312e322e3834302e31303030382e312e3100',
  '0000' + '0001' + '02000000' + '3000',
  '0000' + '1001' + '02000000' + '0700',
  '0000' + '0008' + '02000000' + '0101',
].join('');

function element(number: number, value: Buffer, group = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

const commandField = element(0x0100, Buffer.from([0x30, 0]));

describe('a command set', () => {
  it('has the bytes that the standard asks for', () => {
    const encoded = encodeCommandSet({
      commandField: CommandField.cEchoRq,
      affectedSopClassUid: '1.2.840.10008.1.1',
      messageId: 7,
      hasDataSet: false,
    });
    expect(encoded.toString('hex')).toBe(echoRequest);
  });

  it('is read from the bytes of the standard', () => {
    expect(decodeCommandSet(Buffer.from(echoRequest, 'hex'))).toEqual({
      commandField: 0x30,
      affectedSopClassUid: '1.2.840.10008.1.1',
      messageId: 7,
      hasDataSet: false,
    });
  });

  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(command, (given) => {
        expect(decodeCommandSet(encodeCommandSet(given))).toEqual(given);
      }),
    );
  });

  it('has even values in ascending order and the group length of all that follows', () => {
    fc.assert(
      fc.property(command, (given) => {
        const bytes = encodeCommandSet(given);
        expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
        let last = -1;
        for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
          expect(bytes.readUInt16LE(at)).toBe(0);
          expect(bytes.readUInt16LE(at + 2)).toBeGreaterThan(last);
          expect(bytes.readUInt32LE(at + 4) % 2).toBe(0);
          last = bytes.readUInt16LE(at + 2);
        }
      }),
    );
  });

  it('pads UIDs with NUL and text with a space', () => {
    const bytes = encodeCommandSet({
      commandField: CommandField.cMoveRq,
      hasDataSet: true,
      affectedSopClassUid: '1.2.3',
      moveDestination: 'ABC',
    });
    expect(bytes.includes('1.2.3\0')).toBe(true);
    expect(bytes.includes('ABC ')).toBe(true);
  });

  it.each(['1.2.3', '1.2.3\0', '1.2.3 ', ' 1.2.3', '1.2.3\0\0', '1.2.3 \0'])(
    'is read without padding: %j',
    (given) => {
      const bytes = encodeCommand({ CommandField: 1, AffectedSOPInstanceUID: given });
      expect(decodeCommandSet(bytes).affectedSopInstanceUid).toBe('1.2.3');
    },
  );

  it('may lack its group length, and have unknown and empty elements', () => {
    const bytes = Buffer.concat([
      commandField,
      element(0x0110, Buffer.alloc(0)),
      element(0x0005, Buffer.from('retired')),
      element(0x0010, Buffer.from([1, 0]), 8),
      element(0x1000, Buffer.alloc(0)),
    ]);
    expect(decodeCommandSet(bytes)).toEqual({ commandField: 0x30, hasDataSet: false });
  });

  it.each([0, 1, 0x0102, 0xfefe])('announces a data set by any type but 0101H: %i', (type) => {
    const bytes = encodeCommand({ CommandField: 1, CommandDataSetType: type });
    expect(decodeCommandSet(bytes).hasDataSet).toBe(true);
  });
});

describe('a hostile command set', () => {
  it.each([
    { bytes: Buffer.alloc(0), says: /no command field/ },
    { bytes: element(0x0110, Buffer.from([1, 0])), says: /no command field/ },
    { bytes: element(0x0100, Buffer.from([1])), says: /less than two bytes/ },
    { bytes: element(0x0800, Buffer.alloc(0)), says: /less than two bytes/ },
    { bytes: Buffer.concat([commandField, Buffer.from('0000020010000000', 'hex')]), says: /cut off/ },
    { bytes: Buffer.concat([commandField, Buffer.from('00000200ffffffff', 'hex')]), says: /cut off/ },
  ])('is refused: $says', ({ bytes, says }) => {
    expect(() => decodeCommandSet(bytes)).toThrow(says);
    expect(() => decodeCommandSet(bytes)).toThrow(BrokerError);
  });

  it('throws nothing but BrokerError, cut off or changed anywhere', () => {
    const whole = encodeCommandSet({
      commandField: 1,
      hasDataSet: true,
      messageId: 1,
      affectedSopClassUid: '1.2.3.4',
    });
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat({ max: whole.length }), (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
        try {
          decodeCommandSet(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokerError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no time to speak of where it is all padding', () => {
    const value = Buffer.alloc(16_000, ' ');
    value.write('x', value.length - 1);
    const bytes = Buffer.concat([
      commandField,
      element(0x0902, value),
      element(0x1000, Buffer.alloc(16_000)),
    ]);
    const start = performance.now();
    decodeCommandSet(bytes);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
