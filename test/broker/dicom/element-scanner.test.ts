import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Layout } from '../../../broker/dicom/element-handler.ts';
import { ElementScanner } from '../../../broker/dicom/element-scanner.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { readPart10 } from '../../support/part10.ts';
import { realFiles } from '../../support/real-files.ts';
import { cutAt, Recorder, recordScan } from './recorded-scan.ts';
import { explicit, explicitBig, implicit, item, itemDelimitation } from './written-elements.ts';
import { sequenceDelimitation, undefinedLength } from './written-elements.ts';

const explicitLittle: Layout = { explicitVr: true, bigEndian: false };
const implicitLittle: Layout = { explicitVr: false, bigEndian: false };
const big: Layout = { explicitVr: true, bigEndian: true };

const first = explicit.element(0x00080005, 'CS', 'ISO_IR 192');
const referencedSeries = 0x00081115;

describe('what is reported', () => {
  test('elements with short and long headers, and empty ones', () => {
    const bytes = Buffer.concat([
      explicit.element(0x00080018, 'UI', '1.2\0'),
      explicit.element(0x00080050, 'SH'),
      explicit.element(0x7fe00010, 'OW', Buffer.of(1, 2, 3, 4)),
    ]);
    expect(recordScan(bytes, explicitLittle)).toEqual({
      events: [
        'element 00080018 UI 4 @0+8 ^0',
        'value 312e3200',
        'element 00080050 SH 0 @12+8 ^0',
        'value ',
        'element 7fe00010 OW 4 @20+12 ^0',
        'value 01020304',
      ],
      end: { complete: true },
    });
  });

  test.each([
    ['implicit', implicit, implicitLittle],
    ['explicit', explicit, explicitLittle],
    ['explicit big endian', explicitBig, big],
  ])('sequences of defined and undefined length: %s', (_name, writer, layout) => {
    const uid = writer.element(0x0020000e, 'UI', '1.2\0');
    const inner = Buffer.concat([writer.item(item, uid.length), uid]);
    const open = Buffer.concat([
      writer.header(referencedSeries, 'SQ', undefinedLength),
      writer.item(item, undefinedLength),
      writer.element(referencedSeries, 'SQ', inner),
      writer.item(itemDelimitation, 0),
      writer.item(sequenceDelimitation, 0),
    ]);
    const { events, end } = recordScan(Buffer.concat([open, writer.element(0x00100020, 'LO', 'id')]), layout);
    expect(end).toEqual({ complete: true });
    expect(events.map((event) => event.replace(/ @.*(\^)|@.*/, ' $1').trim())).toEqual([
      'sequence 00081115 SQ undefined ^0',
      'item undefined',
      `sequence 00081115 SQ ${inner.length} ^1`,
      `item ${uid.length}`,
      'element 0020000e UI 4 ^2',
      'value 312e3200',
      'item end',
      'sequence end',
      'item end',
      'sequence end',
      'element 00100020 LO 2 ^0',
      'value 6964',
    ]);
  });

  test.each([
    ['little', explicit, explicitLittle],
    ['big', explicitBig, big],
  ])(
    'UN of undefined length is implicit little endian inside, whatever is around it: %s endian',
    (_n, writer, layout) => {
      const bytes = Buffer.concat([
        writer.header(0x00091010, 'UN', undefinedLength),
        implicit.item(item, undefinedLength),
        implicit.element(0x00100020, '', 'id'),
        implicit.item(itemDelimitation, 0),
        implicit.item(sequenceDelimitation, 0),
        writer.element(0x00100040, 'CS', 'F '),
      ]);
      const { events, end } = recordScan(bytes, layout);
      expect(end.complete).toBe(true);
      expect(events).toContain('element 00100020 LO 2 @20+8 ^1');
      expect(events).toContain('element 00100040 CS 2 @46+8 ^0');
    },
  );

  test('fragments of encapsulated pixel data, also where they look like delimiters', () => {
    const bytes = Buffer.concat([
      explicit.header(0x7fe00010, 'OB', undefinedLength),
      explicit.item(item, 0),
      explicit.item(item, 8),
      explicit.item(sequenceDelimitation, 0),
      explicit.item(sequenceDelimitation, 0),
    ]);
    expect(recordScan(bytes, explicitLittle)).toEqual({
      events: [
        'pixel data 7fe00010 OB undefined @0+12 ^0',
        'fragment 0 @12',
        'value ',
        'fragment 8 @20',
        'value feffdde000000000',
        'pixel data end',
      ],
      end: { complete: true },
    });
  });

  test('a value that nobody asks for is not given out, and a sequence can be skipped', () => {
    const seen: string[] = [];
    const scanner = new ElementScanner(explicitLittle, {
      element: ({ tag }) => seen.push(tag.toString(16)) === 0,
      sequenceStart: () => false,
      value: () => seen.push('value'),
      itemStart: () => seen.push('item'),
      sequenceEnd: () => seen.push('sequence end'),
    });
    const nested = Buffer.concat([explicit.item(item, first.length), first]);
    scanner.push(explicit.element(referencedSeries, 'SQ', nested));
    scanner.push(explicit.element(0x00100020, 'LO', 'id'));
    expect([seen, scanner.end()]).toEqual([['100020'], { complete: true }]);
  });

  test('values are views of the chunks, not copies', () => {
    const views: ArrayBufferLike[] = [];
    const scanner = new ElementScanner(explicitLittle, {
      element: () => true,
      value: (bytes) => views.push(bytes.buffer),
    });
    const chunk = Uint8Array.from(first);
    scanner.push(chunk);
    expect(views).toEqual([chunk.buffer]);
  });
});

describe('what real files have', () => {
  test.each(['??', '  ', '\0\0', 'zz', 'Q1'])('the VR %j counts as UN with a 16-bit length', (vr) => {
    const bytes = Buffer.concat([first, explicit.element(0x00080060, vr, 'CT')]);
    expect(recordScan(bytes, explicitLittle).events.slice(2)).toEqual([
      'element 00080060 UN 2 @18+8 ^0',
      'value 4354',
    ]);
  });

  test('a VR that the standard may add has a 32-bit length', () => {
    const header = Buffer.from([0x08, 0, 0x60, 0, 0x51, 0x51, 0, 0, 2, 0, 0, 0, 1, 2]);
    const { events, end } = recordScan(Buffer.concat([first, header]), explicitLittle);
    expect(events.slice(2)).toEqual(['element 00080060 UN 2 @18+12 ^0', 'value 0102']);
    expect(end.complete).toBe(true);
  });

  test('implicit, declared as explicit, and the other way round', () => {
    const asImplicit = Buffer.concat([
      implicit.element(0x00080005, '', 'ISO_IR 192'),
      implicit.element(0x00080060, '', 'CT'),
    ]);
    const asExplicit = Buffer.concat([first, explicit.element(0x00080060, 'CS', 'CT')]);
    const modality = ({ events }: { events: readonly string[] }) =>
      events[2]?.split(' ').slice(0, 4).join(' ');
    expect(modality(recordScan(asImplicit, explicitLittle))).toBe('element 00080060 CS 2');
    expect(modality(recordScan(asExplicit, implicitLittle))).toBe('element 00080060 CS 2');
  });

  test('values of an odd length', () => {
    const bytes = Buffer.concat([
      explicit.element(0x00080060, 'CS', 'CTX'),
      explicit.element(0x00100020, 'LO', 'id'),
    ]);
    expect(recordScan(bytes, explicitLittle).events).toContain('element 00100020 LO 2 @11+8 ^0');
  });

  test('stray delimiters, in the data set and in items of defined length', () => {
    const stray = Buffer.concat([explicit.item(itemDelimitation, 0), explicit.item(sequenceDelimitation, 0)]);
    const content = Buffer.concat([explicit.element(0x0020000e, 'UI', '1.2\0'), stray]);
    const sequence = Buffer.concat([explicit.item(item, content.length), content, stray]);
    const bytes = Buffer.concat([
      first,
      stray,
      explicit.element(referencedSeries, 'SQ', sequence),
      stray,
      first,
    ]);
    const { events, end } = recordScan(bytes, explicitLittle);
    expect(end).toEqual({ complete: true });
    expect(events.filter((event) => event.startsWith('element'))).toHaveLength(3);
    expect(events.filter((event) => event.endsWith('end'))).toEqual(['item end', 'sequence end']);
  });

  test('an item whose own delimiter is left out before that of its sequence', () => {
    const bytes = Buffer.concat([
      explicit.header(referencedSeries, 'SQ', undefinedLength),
      explicit.item(item, undefinedLength),
      explicit.item(sequenceDelimitation, 0),
      first,
    ]);
    expect(recordScan(bytes, explicitLittle).events.slice(2)).toEqual([
      'item end',
      'sequence end',
      'element 00080005 CS 10 @28+8 ^0',
      `value ${Buffer.from('ISO_IR 192').toString('hex')}`,
    ]);
  });

  test.each([1, 7, 8, 12, 500])('%i zeros after the last element are padding', (zeros) => {
    const { events, end } = recordScan(Buffer.concat([first, Buffer.alloc(zeros)]), explicitLittle);
    expect([events.length, end]).toEqual([2, { complete: true }]);
  });

  test('zeros in the middle are not called padding', () => {
    const bytes = Buffer.concat([first, Buffer.alloc(16), first]);
    expect(() => recordScan(bytes, explicitLittle)).toThrow(/after zeros/);
  });
});

describe('what ends too early', () => {
  const sequence = Buffer.concat([
    explicit.header(referencedSeries, 'SQ', undefinedLength),
    explicit.item(item, undefinedLength),
  ]);
  test.each([
    ['a value', first.subarray(0, 12), /6 bytes before its last value/],
    ['a header', Buffer.concat([first, first.subarray(0, 5)]), /inside the header/],
    ['an item', sequence, /inside an item of sequence \(0008,1115\)/],
    ['a sequence', sequence.subarray(0, 12), /inside sequence \(0008,1115\)/],
    ['pixel data', explicit.header(0x7fe00010, 'OB', undefinedLength), /inside pixel data \(7FE0,0010\)/],
  ])('%s', (_what, bytes, problem) => {
    const { end } = recordScan(bytes, explicitLittle);
    expect(end.complete).toBe(false);
    expect(end.problem).toMatch(problem);
  });
});

describe('what cannot be split', () => {
  const nested = (depth: number): Buffer => {
    const level = Buffer.concat([
      explicit.header(referencedSeries, 'SQ', undefinedLength),
      explicit.item(item, undefinedLength),
    ]);
    return Buffer.concat(Array.from({ length: depth }, () => level));
  };
  test.each([
    ['sequences nested 10,000 deep', nested(10_000), /more than 128 deep/],
    [
      'an element between items',
      Buffer.concat([explicit.header(referencedSeries, 'SQ', 20), first]),
      /between the items/,
    ],
    [
      'an item outside of a sequence',
      Buffer.concat([first, explicit.item(item, 4)]),
      /where only elements may/,
    ],
    [
      'an element longer than its item',
      Buffer.concat([
        explicit.header(referencedSeries, 'SQ', 18),
        explicit.item(item, 10),
        explicit.header(0x00100020, 'LO', 4),
      ]),
      /longer than an item/,
    ],
    [
      'a header across the end of its item',
      Buffer.concat([explicit.header(referencedSeries, 'SQ', 12), explicit.item(item, 4), first]),
      /crosses the end/,
    ],
    [
      'a fragment of undefined length',
      Buffer.concat([
        explicit.header(0x7fe00010, 'OB', undefinedLength),
        explicit.item(item, undefinedLength),
      ]),
      /where a fragment is expected/,
    ],
  ])('%s', (_what, bytes, message) => {
    const scan = () => recordScan(bytes, explicitLittle);
    expect(scan).toThrow(BrokerError);
    expect(scan).toThrow(message);
    expect(scan).toThrow(expect.objectContaining({ code: 'malformed-data-set' }));
  });

  test('128 sequences within each other are followed', () => {
    expect(recordScan(nested(128), explicitLittle).events).toHaveLength(256);
  });

  test('a length of almost 4 GiB costs nothing', () => {
    const bytes = explicit.header(0x00091010, 'OB', 0xfffffffe);
    expect(recordScan(bytes, explicitLittle).end.problem).toContain('4294967294 bytes before');
  });
});

const dataSets = (await Promise.all((await realFiles()).map(readDataSet))).filter(
  (entry) => entry !== undefined,
);

describe('real files, cut anywhere', () => {
  test('there are some of every family', () => {
    expect(dataSets.length).toBeGreaterThan(150);
    expect(new Set(dataSets.map(({ layout }) => `${layout.explicitVr} ${layout.bigEndian}`)).size).toBe(3);
  });

  test.each(dataSets)('$name', ({ dataSet, layout }) => {
    const bytes = dataSet.subarray(0, 16_384);
    const whole = recordScan(bytes, layout);
    expect(whole.events.length).toBeGreaterThan(0);
    const everyByte = Array.from({ length: bytes.length }, (_, index) => index);
    expect(recordScan(bytes, layout, everyByte)).toEqual(whole);
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (places) => {
        expect(recordScan(bytes, layout, places)).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  test('all but the truncated ones are complete', () => {
    const incomplete = dataSets.filter(({ dataSet, layout }) => !recordScan(dataSet, layout).end.complete);
    expect(incomplete.map(({ name }) => name).sort()).toEqual(['MR_truncated.dcm', 'rtplan_truncated.dcm']);
  });
});

test('any bytes, in any pieces: scanned the same, or refused the same', () => {
  const layouts = fc.constantFrom(explicitLittle, implicitLittle, big);
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.constantFrom(
      first,
      explicit.item(item, undefinedLength),
      explicit.item(item, 12),
      explicit.item(itemDelimitation, 0),
    ),
    fc.constantFrom(
      explicit.header(referencedSeries, 'SQ', undefinedLength),
      explicit.header(referencedSeries, 'SQ', 26),
    ),
    fc.constantFrom(
      explicit.item(sequenceDelimitation, 0),
      explicit.header(0x7fe00010, 'OB', undefinedLength),
    ),
  );
  const input = fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.concat(parts));
  fc.assert(
    fc.property(layouts, input, fc.array(fc.nat(), { maxLength: 20 }), (layout, bytes, cuts) => {
      expect(outcome(bytes, layout, cuts)).toEqual(outcome(bytes, layout, []));
    }),
    { numRuns: 2000 },
  );
});

/** The events and the end, or the BrokerError after the events; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array, layout: Layout, cuts: readonly number[]): unknown {
  const recorder = new Recorder();
  const scanner = new ElementScanner(layout, recorder);
  try {
    for (const chunk of cutAt(bytes, cuts)) scanner.push(chunk);
    return [recorder.events, scanner.end()];
  } catch (thrown) {
    if (!(thrown instanceof BrokerError)) throw thrown;
    return [recorder.events.filter((event) => !event.startsWith('value')), thrown.code];
  }
}

/** The data set of a Part 10 file that says its transfer syntax, where that is not deflated. */
async function readDataSet(
  file: string,
): Promise<{ name: string; dataSet: Buffer; layout: Layout } | undefined> {
  const bytes = await readFile(file);
  if (bytes.toString('latin1', 128, 132) !== 'DICM') return undefined;
  const { transferSyntax, dataSet } = readPart10(bytes);
  const encoding = encodingOf(transferSyntax);
  if (transferSyntax === '' || encoding.deflated) return undefined;
  return { name: basename(file), dataSet, layout: encoding };
}
