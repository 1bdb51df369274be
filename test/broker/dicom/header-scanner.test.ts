import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HeaderScanner } from '../../../broker/dicom/header-scanner.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import type { Encoding } from '../../../broker/domain/transfer-syntax.ts';
import { readPart10 } from '../../support/part10.ts';
import { realFiles } from '../../support/real-files.ts';
import { runTool } from '../../support/run-tool.ts';
import { cutAt } from './recorded-scan.ts';
import { explicit, explicitBig, implicit, item, undefinedLength } from './written-elements.ts';
import type { ElementBytes } from './written-elements.ts';

const implicitLittle = encodingOf('1.2.840.10008.1.2');
const explicitLittle = encodingOf('1.2.840.10008.1.2.1');
const deflated = encodingOf('1.2.840.10008.1.2.1.99');
const big = encodingOf('1.2.840.10008.1.2.2');

const expected = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: '1.2.3.4',
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.5',
};

/** A header with the four UIDs, others of the same tags in a sequence before them, and more behind. */
function header(writer: ElementBytes): Buffer {
  const inner = Buffer.concat([
    writer.element(0x00080018, 'UI', '9.9\0'),
    writer.element(0x0020000d, 'UI', '9.8\0'),
  ]);
  return Buffer.concat([
    writer.element(0x00080005, 'CS', 'ISO_IR 192'),
    writer.element(0x00080006, 'SQ', Buffer.concat([writer.item(item, inner.length), inner])),
    writer.element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0'),
    writer.element(0x00080018, 'UI', '1.2.3.4 '),
    writer.element(0x00091010, 'UN', Buffer.alloc(2000, 3)),
    writer.element(0x0020000d, 'UI', '1.2.3\0'),
    writer.element(0x0020000e, 'UI', '1.2.3.5\0'),
    writer.element(0x00200011, 'IS', '1 '),
    writer.element(0x7fe00010, 'OW', Buffer.alloc(5000)),
  ]);
}

function scan(encoding: Encoding, bytes: Uint8Array, cuts: readonly number[] = []): HeaderScanner {
  const scanner = new HeaderScanner(encoding);
  for (const chunk of cutAt(bytes, cuts)) scanner.push(chunk);
  scanner.end();
  return scanner;
}

const encodings: [string, Encoding, Buffer][] = [
  ['implicit', implicitLittle, header(implicit)],
  ['explicit', explicitLittle, header(explicit)],
  ['explicit big endian', big, header(explicitBig)],
  ['deflated', deflated, deflateRawSync(header(explicit))],
];

describe.each(encodings)('%s', (_name, encoding, bytes) => {
  test('finds the UIDs of the top level, without padding', () => {
    const scanner = scan(encoding, bytes);
    expect(scanner.found).toEqual(expected);
    expect([scanner.done, scanner.problem]).toEqual([true, undefined]);
  });

  test('finds them wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 }), (cuts) => {
        expect(scan(encoding, bytes, cuts).found).toEqual(expected);
      }),
    );
  });

  test('a header that ends early gives what it has', () => {
    for (let length = 0; length < bytes.length; length += length < 300 ? 1 : 97) {
      const { done, found } = scan(encoding, bytes.subarray(0, length));
      expect(done).toBe(true);
      for (const [name, uid] of Object.entries(found)) {
        if (uid !== undefined) expect(uid).toBe(expected[name as keyof typeof expected]);
      }
    }
  });
});

describe('when it is done', () => {
  test('with the last of the four UIDs, before the bytes behind it are looked at', () => {
    const scanner = new HeaderScanner(explicitLittle);
    const hostile = explicit.header(0x00200011, 'SQ', undefinedLength);
    const end = header(explicit).length - 5012 - 10;
    expect(scanner.push(header(explicit).subarray(0, end - 1))).toBe(false);
    expect(scanner.push(Buffer.concat([header(explicit).subarray(end - 1, end), hostile, hostile]))).toBe(
      true,
    );
    expect([scanner.found, scanner.problem]).toEqual([expected, undefined]);
  });

  test('past (0020,000E), also where some are not there', () => {
    const scanner = new HeaderScanner(explicitLittle);
    expect(scanner.push(explicit.element(0x0020000d, 'UI', '1.2\0'))).toBe(false);
    expect(scanner.push(explicit.header(0x00200010, 'SH', 16))).toBe(true);
    expect(scanner.found).toEqual({
      sopClassUid: undefined,
      sopInstanceUid: undefined,
      studyInstanceUid: '1.2',
      seriesInstanceUid: undefined,
    });
  });

  test('tags that do not ascend are found as long as none lies behind (0020,000E)', () => {
    const bytes = Buffer.concat([
      explicit.element(0x0020000e, 'UI', '1.2.3.5\0'),
      explicit.element(0x0020000d, 'UI', '1.2.3\0'),
      explicit.element(0x00080018, 'UI', '1.2.3.4 '),
      explicit.element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0'),
    ]);
    expect(scan(explicitLittle, bytes).found).toEqual(expected);
  });

  test('a deflated header that nothing is found in is given up after 256 KiB', () => {
    const noise = Buffer.alloc(400_000);
    for (let at = 0; at < noise.length; at++) noise[at] = (at * at * 31 + (at >> 3) * 7) & 0xff;
    const bytes = deflateRawSync(explicit.element(0x00091010, 'UN', noise), { level: 0 });
    const scanner = new HeaderScanner(deflated);
    expect(scanner.push(bytes.subarray(0, 262_143))).toBe(false);
    expect(scanner.push(bytes.subarray(262_143, 300_000))).toBe(true);
    expect(scanner.problem).toMatch(/not in the first 262144 bytes/);
  });

  test('a deflate bomb is given up', () => {
    const scanner = new HeaderScanner(deflated);
    const bomb = deflateRawSync(explicit.element(0x00091010, 'UN', Buffer.alloc(64 * 1024 * 1024)));
    expect(scanner.push(bomb)).toBe(true);
    expect(scanner.problem).toMatch(/cannot be inflated/);
  });
});

describe('hostile headers', () => {
  test('a UID of more than 128 bytes is refused, the others are found', () => {
    const long = explicit.element(0x00080018, 'UI', '1'.repeat(130));
    const scanner = scan(explicitLittle, Buffer.concat([long, header(explicit)]));
    expect(scanner.problem).toMatch(/\(0008,0018\) is 130 bytes long/);
    expect(scanner.found).toEqual(expected);
  });

  test('what is no UID is not found', () => {
    expect(
      scan(explicitLittle, explicit.element(0x00080018, 'UI', '../etc')).found.sopInstanceUid,
    ).toBeUndefined();
  });

  test('any bytes: never throws, ends with done', () => {
    const encoding = fc.constantFrom(implicitLittle, explicitLittle, big, deflated);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 40 }).map(deflateRawSync),
    );
    fc.assert(
      fc.property(encoding, bytes, fc.array(fc.nat(), { maxLength: 5 }), (from, input, cuts) => {
        expect(scan(from, input, cuts).done).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test('finds what DCMTK finds in the real files', async () => {
  let checked = 0;
  for (const file of await realFiles()) {
    const bytes = await readFile(file);
    if (bytes.toString('latin1', 128, 132) !== 'DICM') continue;
    const { transferSyntax, dataSet } = readPart10(bytes);
    if (transferSyntax === '') continue;
    const search = ['0008,0016', '0008,0018', '0020,000d', '0020,000e'].flatMap((tag) => ['+P', tag]);
    const { exitCode, stdout } = await runTool('dcmdump', ['-q', '-Un', '+p', ...search, file]);
    // Written as UN, a UID is shown in hexadecimal digits.
    if (exitCode !== 0 || stdout.includes(') UN ')) continue;
    const uid = (tag: string) => new RegExp(`^\\(${tag}\\) UI \\[([0-9.]+)\\]`, 'm').exec(stdout)?.[1];
    const { found } = scan(encodingOf(transferSyntax), dataSet, [1000, 3000]);
    expect([basename(file), found]).toEqual([
      basename(file),
      {
        sopClassUid: uid('0008,0016'),
        sopInstanceUid: uid('0008,0018'),
        studyInstanceUid: uid('0020,000d'),
        seriesInstanceUid: uid('0020,000e'),
      },
    ]);
    checked++;
  }
  expect(checked).toBeGreaterThan(150);
});
