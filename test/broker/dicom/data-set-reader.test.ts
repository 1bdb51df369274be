import { deflateRawSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BulkValue } from '../../../broker/dicom/bulk-value.ts';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import type { JsonAttribute } from '../../../broker/dicom/dicom-json.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';

const implicit = encodingOf('1.2.840.10008.1.2');
const explicit = encodingOf('1.2.840.10008.1.2.1');
const deflated = encodingOf('1.2.840.10008.1.2.1.99');
const bigEndian = encodingOf('1.2.840.10008.1.2.2');

/** Bytes from pieces: hexadecimal digits (spaces allowed) and, behind an apostrophe, Latin-1 text. */
function bytes(...pieces: string[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) =>
      piece.startsWith("'")
        ? Buffer.from(piece.slice(1), 'latin1')
        : Buffer.from(piece.replaceAll(' ', ''), 'hex'),
    ),
  );
}

/** An explicit little endian element with a 16-bit length. */
function short(tag: string, vr: string, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  Buffer.from(tag, 'hex').swap16().copy(head);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

/** An explicit little endian element with a 32-bit length. */
function long(tag: string, vr: string, value: Buffer, length = value.length): Buffer {
  const head = Buffer.alloc(12);
  Buffer.from(tag, 'hex').swap16().copy(head);
  head.write(vr, 4, 'latin1');
  head.writeUInt32LE(length, 8);
  return Buffer.concat([head, value]);
}

const undefinedLength = 0xffffffff;
const itemEnd = bytes('FEFF0DE0 00000000');
const sequenceEnd = bytes('FEFFDDE0 00000000');

function item(content: Buffer, length = content.length): Buffer {
  const head = bytes('FEFF00E0 00000000');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, content]);
}

function value(vr: string, text: string | Buffer, tag = '00091001'): JsonAttribute | undefined {
  const content = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const read = readDataSet(short(tag, vr, content), explicit);
  expect(read.problems).toEqual([]);
  return read.dataSet[tag];
}

describe('text values', () => {
  test.each([
    ['LO', ' A \\ B\\\\ ', ['A', 'B', null, null]],
    ['LO', '  A', ['A']],
    ['SH', 'A\0', ['A']],
    ['UI', '1.2\\1.3\0', ['1.2', '1.3']],
    ['CS', 'CT\\MR ', ['CT', 'MR']],
    ['AE', ' ARCHIVE ', ['ARCHIVE']],
    ['DA', '20240101', ['20240101']],
    ['ST', '  a\\b \r\n ', ['  a\\b \r\n']],
    ['LT', '  a\\b  ', ['  a\\b']],
    ['IS', ' 12\\-3 \\+4\\\\x', [12, -3, 4, null, 'x']],
    ['DS', '1.50\\1e3\\.5\\-0.25E-2\\1,5\\NaN\\1e999', [1.5, 1000, 0.5, -0.0025, '1,5', 'NaN', '1e999']],
  ])('%s %j', (vr, text, values) => {
    expect(value(vr, text)).toEqual({ vr, Value: values });
  });

  test.each(['LO', 'PN', 'UI', 'IS', 'DS', 'ST', 'US', 'AT', 'FL'])('an empty %s has no Value', (vr) => {
    expect(value(vr, '')).toEqual({ vr });
  });

  test.each(['LO', 'PN', 'UI', 'IS', 'ST'])('a %s of padding has no Value', (vr) => {
    expect(value(vr, '  ')).toEqual({ vr });
  });

  test('long forms keep leading spaces and backslashes as their VR says', () => {
    const dataSet = Buffer.concat([
      long('00091001', 'UT', bytes("' a\\b ")),
      long('00091002', 'UC', bytes("' a\\ b ")),
      long('00091003', 'UR', bytes("'http://x/a\\b ")),
    ]);
    expect(readDataSet(dataSet, explicit).dataSet).toEqual({
      '00091001': { vr: 'UT', Value: [' a\\b'] },
      '00091002': { vr: 'UC', Value: [' a', ' b'] },
      '00091003': { vr: 'UR', Value: ['http://x/a\\b'] },
    });
  });

  test.each([
    ['A^B', [{ Alphabetic: 'A^B' }]],
    ['A^B=I=P ', [{ Alphabetic: 'A^B', Ideographic: 'I', Phonetic: 'P' }]],
    ['=I', [{ Ideographic: 'I' }]],
    ['==P', [{ Phonetic: 'P' }]],
    ['A==P', [{ Alphabetic: 'A', Phonetic: 'P' }]],
    ['A=I=P=X', [{ Alphabetic: 'A', Ideographic: 'I', Phonetic: 'P' }]],
    ['A\\\\B=I', [{ Alphabetic: 'A' }, null, { Alphabetic: 'B', Ideographic: 'I' }]],
    ['^^^^', undefined],
    ['==', undefined],
  ])('person name %j', (text, values) => {
    expect(value('PN', text)).toEqual(values === undefined ? { vr: 'PN' } : { vr: 'PN', Value: values });
  });

  test('a megabyte of spaces or digits in front of a letter takes no long time', () => {
    const start = performance.now();
    for (const [tag, fill] of [
      ['00104000', ' '],
      ['00081030', ' '],
      ['00200032', '1'],
      ['00100010', '^'],
    ] as const) {
      const content = Buffer.from(`${fill.repeat(1_000_000)}x `);
      const head = Buffer.alloc(8);
      Buffer.from(tag, 'hex').swap16().copy(head);
      head.writeUInt32LE(content.length, 4);
      const read = readDataSet(Buffer.concat([head, content]), implicit);
      expect(read.problems).toEqual([]);
      expect(read.dataSet[tag]?.Value).toHaveLength(1);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('binary values', () => {
  const forms: readonly (readonly [vr: string, little: string, big: string, values: unknown[]])[] = [
    ['US', '0100 FFFF', '0001 FFFF', [1, 65535]],
    ['SS', '0100 FFFF', '0001 FFFF', [1, -1]],
    ['UL', '01000000 FFFFFFFF', '00000001 FFFFFFFF', [1, 4294967295]],
    ['SL', 'FEFFFFFF', 'FFFFFFFE', [-2]],
    [
      'FL',
      '0000C03F 0000807F 000080FF 0000C07F',
      '3FC00000 7F800000 FF800000 7FC00000',
      [1.5, 'inf', '-inf', 'NaN'],
    ],
    ['FD', '000000000000F83F 000000000000F0FF', '3FF8000000000000 FFF0000000000000', [1.5, '-inf']],
    ['AT', '08000500 1000FFEE', '00080005 0010EEFF', ['00080005', '0010EEFF']],
  ];
  test.each(forms)('%s', (vr, little, big, values) => {
    expect(value(vr, bytes(little))).toEqual({ vr, Value: values });
    const element = Buffer.concat([bytes('00091001'), bytes(`'${vr}`), bytes('0000'), bytes(big)]);
    element.writeUInt16BE(bytes(big).length, 6);
    expect(readDataSet(element, bigEndian).dataSet['00091001']).toEqual({ vr, Value: values });
  });

  test('SV and UV are numbers where those are exact, text where they are not', () => {
    const dataSet = Buffer.concat([
      long('00091001', 'SV', bytes('FFFFFFFFFFFFFFFF 0000000000000080')),
      long('00091002', 'UV', bytes('FFFFFFFFFFFF1F00 FFFFFFFFFFFFFFFF')),
    ]);
    expect(readDataSet(dataSet, explicit).dataSet).toEqual({
      '00091001': { vr: 'SV', Value: [-1, '-9223372036854775808'] },
      '00091002': { vr: 'UV', Value: [9007199254740991, '18446744073709551615'] },
    });
  });

  test.each([
    ['OB', '01020304'],
    ['UN', '01020304'],
    ['OW', '02010403'],
    ['OL', '04030201'],
    ['OF', '04030201'],
    ['OD', '08070605 04030201'],
    ['OV', '08070605 04030201'],
  ])('InlineBinary of a big endian %s is little endian', (vr, little) => {
    const content = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).subarray(0, bytes(little).length);
    const head = Buffer.concat([bytes('00091001'), bytes(`'${vr}`), bytes('0000 00000000')]);
    head.writeUInt32BE(content.length, 8);
    expect(readDataSet(Buffer.concat([head, content]), bigEndian).dataSet['00091001']).toEqual({
      vr,
      InlineBinary: bytes(little).toString('base64'),
    });
    expect(readDataSet(long('00091001', vr, content), explicit).dataSet['00091001']).toEqual({
      vr,
      InlineBinary: content.toString('base64'),
    });
  });

  test('a value that is no whole number of numbers gives those that are whole, and a problem', () => {
    const read = readDataSet(short('00280010', 'US', bytes('0100 02')), explicit);
    expect(read.dataSet['00280010']).toEqual({ vr: 'US', Value: [1] });
    expect(read.problems).toEqual(['Rows (00280010) has 3 bytes: no multiple of the 2 that each US takes.']);
  });
});

describe('VRs that the encoding does not give', () => {
  test('implicit: from the dictionary, LO for private creators, UN for what nobody knows', () => {
    const dataSet = bytes(
      '08000000 04000000 01000000 10001000 04000000',
      "'A^B ",
      '09001000 04000000',
      "'MINE",
      '09000110 02000000 0102 28001000 02000000 0002 0800FF0F 02000000 0102',
    );
    expect(readDataSet(dataSet, implicit).dataSet).toEqual({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }] },
      '00090010': { vr: 'LO', Value: ['MINE'] },
      '00091001': { vr: 'UN', InlineBinary: 'AQI=' },
      '00280010': { vr: 'US', Value: [512] },
      '00080FFF': { vr: 'UN', InlineBinary: 'AQI=' },
    });
  });

  test('implicit: US or SS follows Pixel Representation, also the one around', () => {
    const padding = bytes('28002001 02000000 30F8');
    const signed = bytes('28000301 02000000 0100');
    const unsigned = bytes('28000301 02000000 0000');
    const read = (...parts: Buffer[]) => readDataSet(Buffer.concat(parts), implicit).dataSet['00280120'];
    expect(read(signed, padding)).toEqual({ vr: 'SS', Value: [-2000] });
    expect(read(unsigned, padding)).toEqual({ vr: 'US', Value: [63536] });
    expect(read(padding)).toEqual({ vr: 'US', Value: [63536] });
    const sequence = Buffer.concat([
      bytes('28000030 FFFFFFFF'),
      item(bytes('28000230 06000000 0002 00F8 1000')),
      sequenceEnd,
    ]);
    expect(readDataSet(Buffer.concat([signed, sequence]), implicit).dataSet['00283000']).toEqual({
      vr: 'SQ',
      Value: [{ '00283002': { vr: 'SS', Value: [512, -2048, 16] } }],
    });
  });

  test('UN of an attribute that the standard knows is read as what it is', () => {
    expect(readDataSet(long('00080050', 'UN', bytes("'ACC1")), explicit).dataSet['00080050']).toEqual({
      vr: 'SH',
      Value: ['ACC1'],
    });
    expect(readDataSet(long('00091001', 'UN', bytes("'ACC1")), explicit).dataSet['00091001']?.vr).toBe('UN');
  });

  test('two letters that are no VR: from the dictionary', () => {
    expect(value('?!', 'A^B ', '00100010')).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'A^B' }] });
  });

  test('implicit although explicit was declared', () => {
    const read = readDataSet(bytes('08005000 04000000', "'ACC1"), explicit);
    expect(read.dataSet).toEqual({ '00080050': { vr: 'SH', Value: ['ACC1'] } });
  });
});

describe('sequences', () => {
  const content = short('00080100', 'SH', bytes("'T1"));
  const expected = {
    '00081140': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['T1'] } }, {}] },
    '00100020': { vr: 'LO', Value: ['ID'] },
  };
  const behind = short('00100020', 'LO', bytes("'ID"));

  test('of defined and undefined lengths, in any mixture', () => {
    const fixed = Buffer.concat([item(content), item(Buffer.alloc(0))]);
    const open = Buffer.concat([
      item(Buffer.concat([content, itemEnd]), undefinedLength),
      item(itemEnd, undefinedLength),
    ]);
    for (const items of [fixed, open]) {
      const parts = [long('00081140', 'SQ', items), long('00081140', 'SQ', items, undefinedLength)];
      expect(readDataSet(Buffer.concat([parts[0]!, behind]), explicit)).toMatchObject({
        dataSet: expected,
        problems: [],
      });
      const delimited = Buffer.concat([parts[1]!, sequenceEnd, behind]);
      expect(readDataSet(delimited, explicit)).toMatchObject({ dataSet: expected, problems: [] });
    }
  });

  test('UN of undefined length is Implicit VR Little Endian, whatever is around', () => {
    const inner = bytes('08000001 02000000', "'T1");
    const little = Buffer.concat([long('00091001', 'UN', item(inner), undefinedLength), sequenceEnd, behind]);
    const nested = { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['T1'] } }] };
    expect(readDataSet(little, explicit).dataSet).toEqual({
      '00091001': nested,
      '00100020': expected['00100020'],
    });
    const head = bytes('00091001', "'UN", '0000 FFFFFFFF');
    const big = Buffer.concat([head, item(inner), sequenceEnd, bytes('00100020', "'LO", '0002', "'ID")]);
    expect(readDataSet(big, bigEndian)).toMatchObject({
      dataSet: { '00091001': nested, '00100020': expected['00100020'] },
      problems: [],
    });
  });

  test('implicit private sequences of undefined length', () => {
    const sequence = Buffer.concat([
      bytes('09000110 FFFFFFFF'),
      item(bytes('08000001 02000000', "'T1")),
      sequenceEnd,
    ]);
    expect(readDataSet(sequence, implicit).dataSet['00091001']).toMatchObject({ vr: 'SQ' });
  });

  test('without items have no Value', () => {
    expect(readDataSet(long('00081140', 'SQ', Buffer.alloc(0)), explicit).dataSet['00081140']).toEqual({
      vr: 'SQ',
    });
    expect(readDataSet(long('00081140', 'SQ', sequenceEnd, undefinedLength), explicit)).toMatchObject({
      dataSet: { '00081140': { vr: 'SQ' } },
      problems: [],
    });
  });

  test('a delimiter that is missing loses nothing that is there', () => {
    const open = long('00081140', 'SQ', item(content), undefinedLength);
    const read = readDataSet(Buffer.concat([open, behind]), explicit);
    expect(read.dataSet).toEqual({
      '00081140': { vr: 'SQ', Value: [expected['00081140'].Value[0]] },
      '00100020': expected['00100020'],
    });
    expect(read.problems).toHaveLength(1);
    const cut = readDataSet(
      long('00081140', 'SQ', item(content, undefinedLength), undefinedLength),
      explicit,
    );
    expect(cut.dataSet['00081140']?.Value).toEqual([expected['00081140'].Value[0]]);
    expect(cut.problems).toHaveLength(2);
  });

  test('an item that is longer than its sequence ends with it', () => {
    const sequence = long('00081140', 'SQ', item(content, 1000));
    const read = readDataSet(Buffer.concat([sequence, behind]), explicit);
    expect(read.dataSet).toEqual({
      '00081140': { vr: 'SQ', Value: [expected['00081140'].Value[0]] },
      '00100020': expected['00100020'],
    });
    expect(read.problems).toEqual(['The item before byte 20 is longer than its sequence.']);
  });

  test('more than 64 deep are refused', () => {
    const nest = (depth: number): Buffer => {
      let inner: Buffer = Buffer.alloc(0);
      for (let level = 0; level < depth; level++) inner = long('00081140', 'SQ', item(inner));
      return inner;
    };
    expect(readDataSet(nest(64), explicit).problems).toEqual([]);
    expect(() => readDataSet(nest(65), explicit)).toThrow(
      expect.objectContaining({
        code: 'malformed-data-set',
        message: expect.stringContaining('00081140') as string,
      }),
    );
    const endless = Buffer.concat(
      Array.from({ length: 20_000 }, () => bytes('08004011 FFFFFFFF FEFF00E0 FFFFFFFF')),
    );
    expect(() => readDataSet(endless, implicit)).toThrow(BrokerError);
  });
});

describe('character sets', () => {
  const set = (text: string) => short('00080005', 'CS', bytes(`'${text}`));
  const patient = (text: string) => short('00100010', 'PN', bytes(`'${text}`));

  test('text is Unicode, the set that is named ISO_IR 192, the original one told', () => {
    const read = readDataSet(Buffer.concat([set('ISO_IR 100'), patient('M\xfcller')]), explicit);
    expect(read.dataSet).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller' }] },
    });
    expect(read.characterSet).toEqual(['ISO_IR 100']);
    expect(readDataSet(patient('Smith^J '), explicit).characterSet).toEqual([]);
  });

  test('an item has the set around it, or its own', () => {
    const own = item(Buffer.concat([set('ISO_IR 144 '), patient('\xbb\xee')]));
    const inherited = item(patient('\xe9\xe8'));
    const sequence = long('00081140', 'SQ', Buffer.concat([own, inherited]));
    const read = readDataSet(Buffer.concat([set('ISO_IR 100'), sequence, patient('\xfc ')]), explicit);
    expect(read.dataSet['00081140']?.Value).toEqual([
      {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Лю' }] },
      },
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'éè' }] } },
    ]);
    expect(read.dataSet['00100010']?.Value).toEqual([{ Alphabetic: 'ü' }]);
    expect(read.characterSet).toEqual(['ISO_IR 100']);
  });

  test('a backslash within a character separates no values', () => {
    const text = bytes("'", '815c 5c 815c');
    const read = readDataSet(Buffer.concat([set('GBK '), short('00081030', 'LO', text)]), explicit);
    expect(read.dataSet['00081030']?.Value).toEqual(['乗', '乗']);
  });

  test('one that nobody knows is a problem, not a failure', () => {
    const read = readDataSet(Buffer.concat([set('KLINGON '), patient('M\xfcller')]), explicit);
    expect(read.dataSet['00100010']?.Value).toEqual([{ Alphabetic: 'Müller' }]);
    expect(read.problems).toEqual(['Specific Character Set "KLINGON" is unknown.']);
  });
});

describe('damage', () => {
  const first = short('00100020', 'LO', bytes("'ID"));

  test('a value that is cut off is left out', () => {
    const whole = short('0020000D', 'UI', bytes("'1.2.3.45"));
    for (let length = 1; length < whole.length; length++) {
      const read = readDataSet(Buffer.concat([first, whole.subarray(0, length)]), explicit);
      expect(read.dataSet).toEqual({ '00100020': { vr: 'LO', Value: ['ID'] } });
      expect(read.problems).toHaveLength(1);
    }
  });

  test('bytes outside of the view are never read', () => {
    const around = Buffer.concat([first, short('00100010', 'PN', bytes("'NotYours"))]);
    expect(Object.keys(readDataSet(around.subarray(0, first.length), explicit).dataSet)).toEqual([
      '00100020',
    ]);
    expect(readDataSet(around.subarray(0, first.length + 12), explicit).dataSet['00100010']).toBeUndefined();
  });

  test('an empty data set is one', () => {
    expect(readDataSet(Buffer.alloc(0), implicit)).toEqual({ dataSet: {}, characterSet: [], problems: [] });
  });

  test('problems are at most 20', () => {
    const many = Buffer.concat(Array.from({ length: 100 }, () => short('00280010', 'US', bytes('0102 03'))));
    expect(readDataSet(many, explicit).problems).toHaveLength(20);
  });

  test('any bytes give a data set or a BrokerError', () => {
    const start = fc.constantFrom(
      first,
      long('00081140', 'SQ', Buffer.alloc(0), undefinedLength),
      Buffer.alloc(0),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(implicit, explicit, bigEndian, deflated),
        start,
        fc.uint8Array({ maxLength: 300 }),
        (encoding, beginning, rest) => {
          try {
            const { problems } = readDataSet(Buffer.concat([beginning, rest]), encoding);
            expect(problems.length).toBeLessThanOrEqual(20);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(BrokerError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('deflated', () => {
  const plain = short('00100020', 'LO', Buffer.alloc(1000, 'A'));

  test('raw, with a zlib header, and cut off', () => {
    const expected = { '00100020': { vr: 'LO', Value: ['A'.repeat(1000)] } };
    expect(readDataSet(deflateRawSync(plain), deflated).dataSet).toEqual(expected);
    expect(readDataSet(deflateSync(plain), deflated).dataSet).toEqual(expected);
    const cut = readDataSet(deflateRawSync(plain).subarray(0, -4), deflated);
    expect(cut.problems).toHaveLength(1);
  });

  test('a bomb is refused at the limit', () => {
    const bomb = deflateRawSync(Buffer.alloc(10_000_000));
    const read = () => readDataSet(bomb, deflated, { inflatedLimit: 1_000_000 });
    expect(read).toThrow(expect.objectContaining({ code: 'malformed-data-set' }));
    expect(read).toThrow('inflates to more than the 1000000 bytes');
  });

  test('what is not deflated is refused', () => {
    expect(() => readDataSet(Buffer.alloc(10, 0xff), deflated)).toThrow('cannot be inflated');
  });
});

describe('bulk data', () => {
  const fragments = Buffer.concat([item(Buffer.alloc(0)), item(Buffer.alloc(6, 7)), sequenceEnd]);
  const encapsulated = long('7FE00010', 'OB', fragments, undefinedLength);
  const nested = long('54000100', 'SQ', item(long('54001010', 'OW', Buffer.alloc(100))));

  test('pixel data and long values can be given a URI', () => {
    const offered: BulkValue[] = [];
    const whole = Buffer.concat([short('00100020', 'LO', bytes("'ID")), nested, encapsulated]);
    const read = readDataSet(whole, explicit, {
      inlineLimit: 64,
      bulk: (value) => {
        offered.push(value);
        return `bulk/${value.path}`;
      },
    });
    expect(offered).toEqual([
      { path: '54000100/1/54001010', vr: 'OW', offset: 42, length: 100, bigEndian: false },
      {
        path: '7FE00010',
        vr: 'OB',
        offset: 154,
        length: 22,
        bigEndian: false,
        items: [
          { offset: 162, length: 0 },
          { offset: 170, length: 6 },
        ],
      },
    ]);
    expect(whole.subarray(154, 154 + 22)).toEqual(fragments.subarray(0, 22));
    expect(read).toMatchObject({
      problems: [],
      dataSet: {
        '00100020': { vr: 'LO', Value: ['ID'] },
        '54000100': { Value: [{ '54001010': { vr: 'OW', BulkDataURI: 'bulk/54000100/1/54001010' } }] },
        '7FE00010': { vr: 'OB', BulkDataURI: 'bulk/7FE00010' },
      },
    });
  });

  test('where no URI is given, native values are inline and encapsulated ones have none', () => {
    const read = readDataSet(Buffer.concat([nested, encapsulated]), explicit, {
      inlineLimit: 64,
      bulk: () => undefined,
    });
    expect(read.dataSet['7FE00010']).toEqual({ vr: 'OB' });
    expect(JSON.stringify(read.dataSet)).toContain(Buffer.alloc(100).toString('base64'));
  });

  test('fragments that are cut off are a problem', () => {
    for (let length = 12; length < encapsulated.length; length++) {
      const read = readDataSet(encapsulated.subarray(0, length), explicit);
      expect(read.dataSet).toEqual({});
      expect(read.problems).toHaveLength(1);
    }
  });
});
