import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import { writeDataSet } from '../../../broker/dicom/data-set-writer.ts';
import type { DicomJson, JsonAttribute, JsonValue } from '../../../broker/dicom/dicom-json.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { runTool } from '../../support/run-tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const encodings = {
  implicit: encodingOf('1.2.840.10008.1.2'),
  explicit: encodingOf('1.2.840.10008.1.2.1'),
  deflated: encodingOf('1.2.840.10008.1.2.1.99'),
  'big endian': encodingOf('1.2.840.10008.1.2.2'),
};
const { implicit, explicit } = encodings;

function attribute(vr: string, ...Value: JsonValue[]): JsonAttribute {
  return { vr, Value };
}

function hex(dataSet: DicomJson, encoding = explicit, characterSet?: string[]): string {
  return writeDataSet(dataSet, encoding, characterSet).toString('hex').toUpperCase();
}

describe('bytes', () => {
  test('Implicit VR Little Endian', () => {
    expect(hex({ '00100020': attribute('LO', 'ID1') }, implicit)).toBe('10002000' + '04000000' + '49443120');
  });

  test('Explicit VR with a short and a long length, in both byte orders', () => {
    const dataSet = { '00280010': attribute('US', 512), '7FE00010': { vr: 'OW', InlineBinary: 'AQI=' } };
    expect(hex(dataSet)).toBe(
      '28001000' + '5553' + '0200' + '0002' + 'E07F1000' + '4F57' + '0000' + '02000000' + '0102',
    );
    expect(hex(dataSet, encodings['big endian'])).toBe(
      '00280010' + '5553' + '0002' + '0200' + '7FE00010' + '4F57' + '0000' + '00000002' + '0201',
    );
  });

  test('attributes ascend, whatever JavaScript’s order; group lengths are left out', () => {
    const dataSet = {
      '20100010': attribute('ST', 'A '),
      '00100020': attribute('LO', 'B '),
      '00100000': attribute('UL', 10),
    };
    expect(hex(dataSet, implicit)).toBe('10002000020000004220' + '10201000020000004120');
  });

  test('odd values are padded: UID and binary with NUL, text with a space', () => {
    expect(hex({ '0020000D': attribute('UI', '1.2') }, implicit)).toMatch(/312E3200$/);
    expect(hex({ '00081030': attribute('LO', 'abc') }, implicit)).toMatch(/61626320$/);
    expect(hex({ '00091001': { vr: 'OB', InlineBinary: 'AQID' } }, implicit)).toMatch(/01020300$/);
  });

  test('items and sequences have their lengths', () => {
    const dataSet = { '00081140': attribute('SQ', { '00080100': attribute('SH', 'T1') }, {}) };
    expect(hex(dataSet, implicit)).toBe(
      '08004011' + '1A000000' + 'FEFF00E0' + '0A000000' + '08000001020000005431' + 'FEFF00E0' + '00000000',
    );
  });

  test('text that 16 bits of length do not suffice for is UN (PS3.5 section 6.2.2)', () => {
    const written = writeDataSet({ '00104000': attribute('LT', 'A'.repeat(70_000)) }, explicit);
    expect(written.subarray(0, 12).toString('hex')).toBe('10000040554e000070110100');
    expect(readDataSet(written, explicit).dataSet['00104000']).toEqual(attribute('LT', 'A'.repeat(70_000)));
  });
});

describe('Specific Character Set', () => {
  const name = { '00100010': attribute('PN', { Alphabetic: 'Müller' }) };

  test('is written as it is asked for, and text in it', () => {
    const bytes = writeDataSet(name, implicit, ['ISO_IR 100']);
    expect(bytes.toString('latin1')).toContain('ISO_IR 100');
    expect(bytes.toString('latin1')).toContain('M\xfcller');
    const multiple = writeDataSet({ '00100010': attribute('PN', '山田*') }, implicit, ['', 'ISO 2022 IR 87']);
    expect(multiple.toString('latin1')).toContain('\\ISO 2022 IR 87');
    expect(multiple.toString('latin1')).toContain('\x1b$B;3ED\x1b(B*');
  });

  test('is that of the data set itself where none is asked for', () => {
    const dataSet = { '00080005': attribute('CS', 'ISO_IR 192'), ...name };
    expect(writeDataSet(dataSet, implicit).toString('utf8')).toContain('Müller');
  });

  test('of an item is left out: the whole data set is in one', () => {
    const item = { '00080005': attribute('CS', 'ISO_IR 100'), ...name };
    const read = readDataSet(
      writeDataSet({ '00081140': attribute('SQ', item) }, implicit, ['ISO_IR 192']),
      implicit,
    );
    expect(read.dataSet['00081140']).toEqual(attribute('SQ', name));
  });

  test('stays as an empty key of a query where none is needed', () => {
    expect(hex({ '00080005': { vr: 'CS' } }, implicit)).toBe('0800050000000000');
    expect(hex({ '00080005': attribute('CS', 'ISO_IR 100') }, implicit, [])).toBe('0800050000000000');
  });
});

describe('person names', () => {
  test.each<[JsonValue[], string]>([
    [[{ Alphabetic: 'A^B' }], 'A^B '],
    [[{ Alphabetic: 'A', Ideographic: 'I', Phonetic: 'P' }], 'A=I=P '],
    [[{ Phonetic: 'P' }], '==P '],
    [[{ Alphabetic: 'A' }, null, { Ideographic: 'I' }], 'A\\\\=I'.padEnd(6)],
    [['A*=I'], 'A*=I'],
    [[{}], ''],
  ])('%j', (values, text) => {
    const bytes = writeDataSet({ '00100010': attribute('PN', ...values) }, implicit);
    expect(bytes.toString('latin1', 8)).toBe(text);
  });
});

test.each<[JsonAttribute, string]>([
  [attribute('DS', 0.1 + 0.2), '0.3 '],
  [attribute('DS', -1 / 3, 1e-7, 12), '-0.3333333333333\\1e-7\\12'],
  [attribute('DS', '1.500'), '1.500 '],
  [attribute('IS', -12, '+7'), '-12\\+7'],
])('%j is written as %j', (value, text) => {
  const bytes = writeDataSet({ '00091001': value }, implicit);
  const written = bytes.toString('latin1', 8);
  expect(written).toBe(text);
});

describe('what does not fit is refused, naming the attribute', () => {
  test.each<[string, JsonAttribute, RegExp]>([
    [
      '00280010',
      attribute('US', 65536),
      /^Rows \(00280010\) has 65536, which VR US \(16 bits\) cannot hold\.$/,
    ],
    ['00280010', attribute('US', -1), /cannot hold/],
    ['00280010', attribute('US', 1.5), /no integer/],
    ['00280010', attribute('US', null), /no integer/],
    ['00091001', attribute('UV', '18446744073709551616'), /cannot hold/],
    ['00091001', attribute('SV', '-9223372036854775809'), /cannot hold/],
    ['00091001', attribute('FL', 1e39), /cannot hold/],
    ['00091001', attribute('FD', 'x'), /no number/],
    ['00091001', attribute('AT', '0010'), /no tag/],
    ['00091001', attribute('IS', 1.5), /integers of 32 bits/],
    ['00091001', attribute('DS', Infinity), /not finite/],
    ['00080060', attribute('CS', 'Ä'), /^Modality \(00080060\) may have ASCII characters only/],
    ['0020000D', attribute('UI', '1.2\n'), /ASCII/],
    ['00081030', attribute('LO', 'Ä'), /cannot be written in ASCII/],
    ['00081030', attribute('LO', 'a\\b'), /backslash/],
    ['00100010', attribute('PN', { Alphabetic: 'a\\b' }), /backslash/],
    ['00100010', attribute('PN', { Alphabetic: 'a=b' }), /equals sign/],
    ['00100010', attribute('PN', 5), /number where a name/],
    ['00100010', { vr: 'PN', Value: [{ Alphabetic: 5 }] } as unknown as JsonAttribute, /no text/],
    ['00081030', attribute('LO', 5), /no text/],
    ['00104000', attribute('LT', 'a', 'b'), /has 2 values, but LT takes one/],
    ['00091001', attribute('OB', 1), /takes InlineBinary/],
    ['00091001', { vr: 'OB', InlineBinary: '!' }, /no Base64/],
    ['00091001', { vr: 'OW', InlineBinary: 'AQID' }, /no multiple of 2/],
    ['00091001', { vr: 'LO', InlineBinary: 'AQID' }, /not binary/],
    ['00091001', { vr: 'OB', BulkDataURI: 'x' }, /only a BulkDataURI/],
    ['00091001', attribute('XX', 'a'), /^Attribute 00091001 has the VR "XX"/],
    ['00081140', attribute('SQ', 'a'), /no data set/],
    ['PatientName', attribute('PN', 'a'), /^"PatientName" is no tag/],
    ['FFFEE000', attribute('UN', 'a'), /no tag/],
  ])('%s %j', (tag, value, message) => {
    const write = (): Buffer => writeDataSet({ [tag]: value }, explicit);
    expect(write).toThrow(message);
    expect(write).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  test('with the sequences around it', () => {
    const dataSet = { '00400100': attribute('SQ', { '00080060': attribute('CS', 'Ä') }) };
    expect(() => writeDataSet(dataSet, implicit)).toThrow(
      /^ScheduledProcedureStepSequence \(00400100\), Modality \(00080060\) may have/,
    );
  });
});

describe('what is written is read back', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9äé山][A-Za-z0-9 äé山.-]{0,10}[A-Za-z0-9äé山]$/);
  const ascii = fc.stringMatching(/^[A-Z0-9_]{1,12}$/);
  const values = <T extends JsonValue>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 4 });
  const withNulls = <T extends JsonValue>(one: fc.Arbitrary<T>) =>
    fc.oneof(values(one), fc.tuple(one, fc.constant(null), one));
  const binary = (unit: number) =>
    fc
      .array(fc.uint8Array({ minLength: unit, maxLength: unit }), { minLength: 1, maxLength: 4 })
      .map((units) => Buffer.concat(units))
      .filter((bytes) => bytes.length % 2 === 0)
      .map((bytes) => bytes.toString('base64'));
  const name = fc
    .record({ Alphabetic: word, Ideographic: word, Phonetic: word }, { requiredKeys: [] })
    .filter((groups) => Object.keys(groups).length > 0);
  const finite = { noNaN: true, noDefaultInfinity: true } as const;
  const of = (vr: string, arbitrary: fc.Arbitrary<JsonValue[]>): fc.Arbitrary<JsonAttribute> =>
    arbitrary.map((Value) => ({ vr, Value }));

  const simple = fc.oneof(
    fc.constantFrom(...['LO', 'PN', 'UI', 'US', 'SQ', 'OB', 'UT']).map((vr) => ({ vr })),
    ...['LO', 'SH', 'UC'].map((vr) => of(vr, withNulls(word))),
    ...['CS', 'AE', 'DA', 'TM', 'DT', 'AS'].map((vr) => of(vr, withNulls(ascii))),
    ...['LT', 'ST', 'UT'].map((vr) => of(vr, fc.tuple(word.map((text) => ` ${text}\\${text}`)))),
    of('UR', fc.tuple(ascii)),
    of('UI', values(fc.stringMatching(/^[1-9]\.[1-9][0-9]{0,10}$/))),
    of('PN', withNulls(name)),
    of('IS', withNulls(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
    of('DS', withNulls(fc.integer({ min: -999_999, max: 999_999 }).map((number) => number / 1000))),
    of('US', values(fc.integer({ min: 0, max: 65_535 }))),
    of('SS', values(fc.integer({ min: -32_768, max: 32_767 }))),
    of('UL', values(fc.integer({ min: 0, max: 2 ** 32 - 1 }))),
    of('SL', values(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
    of('SV', values(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(jsonInteger))),
    of('UV', values(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(jsonInteger))),
    of('FL', values(fc.oneof(fc.float(finite), fc.constantFrom('NaN', 'inf', '-inf')))),
    of('FD', values(fc.oneof(fc.double(finite), fc.constantFrom('NaN', 'inf', '-inf')))),
    of('AT', values(fc.stringMatching(/^[0-9A-F]{8}$/))),
    ...(['OB', 'OW', 'OL', 'OF', 'OD', 'OV', 'UN'] as const).map((vr) =>
      binary({ OB: 2, OW: 2, OL: 4, OF: 4, OD: 8, OV: 8, UN: 2 }[vr]).map((InlineBinary) => ({
        vr,
        InlineBinary,
      })),
    ),
  ) as fc.Arbitrary<JsonAttribute>;
  const tag = fc.stringMatching(/^(0009|2011|4011)10[0-9A-F]{2}$/);
  const { dataSet } = fc.letrec<{ dataSet: DicomJson; sequence: JsonAttribute }>((tie) => ({
    dataSet: fc.dictionary(tag, fc.oneof({ maxDepth: 3 }, simple, tie('sequence')), { maxKeys: 5 }),
    sequence: of('SQ', fc.array<DicomJson>(tie('dataSet'), { minLength: 1, maxLength: 3 })),
  }));

  test.each(['explicit', 'deflated', 'big endian'] as const)('%s, private attributes of every VR', (name) => {
    fc.assert(
      fc.property(dataSet, (original) => {
        const bytes = writeDataSet(original, encodings[name], ['ISO_IR 192']);
        expect(bytes.length % 2).toBe(0);
        const read = readDataSet(bytes, encodings[name]);
        expect(read.problems).toEqual([]);
        expect(read.dataSet).toEqual({ ...original, '00080005': attribute('CS', 'ISO_IR 192') });
      }),
      { numRuns: 500 },
    );
  });

  test('implicit, attributes that the dictionary knows', () => {
    const known = fc.record(
      {
        '0020000D': of('UI', fc.tuple(fc.stringMatching(/^[1-9]\.[1-9][0-9]{0,10}$/))),
        '00100010': of('PN', withNulls(name)),
        '00081030': of('LO', withNulls(word)),
        '00280030': of('DS', withNulls(fc.integer({ min: 0, max: 9999 }).map((number) => number / 100))),
        '00280010': of('US', fc.tuple(fc.integer({ min: 0, max: 65_535 }))),
        '00189810': of('US', fc.tuple(fc.integer({ min: 0, max: 65_535 }))),
        '00204000': of('LT', fc.tuple(word)),
      },
      { requiredKeys: [] },
    );
    const whole = fc
      .tuple(known, fc.array(known, { minLength: 1, maxLength: 3 }))
      .map(([root, items]): DicomJson => ({
        ...(root as DicomJson),
        '00081140': { vr: 'SQ', Value: items },
      }));
    fc.assert(
      fc.property(whole, (original) => {
        const read = readDataSet(writeDataSet(original, implicit, ['GB18030']), implicit);
        expect(read).toMatchObject({ problems: [], characterSet: ['GB18030'] });
        expect(read.dataSet).toEqual({ ...original, '00080005': attribute('CS', 'ISO_IR 192') });
      }),
      { numRuns: 500 },
    );
  });
});

function jsonInteger(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

describe('DCMTK’s dcmdump', () => {
  const dataSet: DicomJson = {
    '00080016': attribute('UI', '1.2.840.10008.5.1.4.1.1.7'),
    '00080052': attribute('CS', 'STUDY'),
    '00081140': attribute('SQ', { '00081155': attribute('UI', '1.2.3') }, {}),
    '00100010': attribute('PN', { Alphabetic: 'Müller^Jürgen' }),
    '0020000D': { vr: 'UI' },
    '00280009': attribute('AT', '00181063', '00181065'),
    '00280010': attribute('US', 512),
    '00280030': attribute('DS', 0.5, '0.25'),
    '00281052': attribute('DS', -1024),
  };

  test.each([
    ['implicit', '-ti'],
    ['explicit', '-te'],
    ['big endian', '-tb'],
  ] as const)('reads %s', async (name, option) => {
    await using directory = await temporaryDirectory('dcmdump');
    const file = join(directory.path, 'data-set');
    await writeFile(file, writeDataSet(dataSet, encodings[name], ['ISO_IR 100']));
    const { exitCode, stdout } = await runTool('dcmdump', ['-q', '-f', option, '-Un', '+L', file]);
    expect(exitCode).toBe(0);
    const lines = stdout
      .split('\n')
      .filter((line) => /^ *\(/.test(line))
      .map((line) => line.replace(/ *#[^=].*$/, '').trim());
    expect(lines).toEqual([
      '(0008,0005) CS [ISO_IR 100]',
      '(0008,0016) UI [1.2.840.10008.5.1.4.1.1.7]',
      '(0008,0052) CS [STUDY]',
      '(0008,1140) SQ (Sequence with explicit length #=2)',
      '(fffe,e000) na (Item with explicit length #=1)',
      '(0008,1155) UI [1.2.3]',
      '(fffe,e00d) na (ItemDelimitationItem for re-encoding)',
      '(fffe,e000) na (Item with explicit length #=0)',
      '(fffe,e00d) na (ItemDelimitationItem for re-encoding)',
      '(fffe,e0dd) na (SequenceDelimitationItem for re-encod.)',
      '(0010,0010) PN [M\xfcller^J\xfcrgen]',
      '(0020,000d) UI (no value available)',
      '(0028,0009) AT (0018,1063)\\(0018,1065)',
      '(0028,0010) US 512',
      '(0028,0030) DS [0.5\\0.25]',
      '(0028,1052) DS [-1024]',
    ]);
  });
});
