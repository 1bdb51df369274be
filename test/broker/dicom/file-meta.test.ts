import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileMetaHeader, readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { implementationClassUid, implementationVersionName } from '../../../broker/domain/implementation.ts';
import { isUid } from '../../../broker/domain/uid.ts';
import { realFiles } from '../../support/real-files.ts';
import { readPart10 } from '../../support/part10.ts';
import { runTool } from '../../support/run-tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { explicit, implicit } from './written-elements.ts';

const meta = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: '1.2.3.4',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const prefix = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
const syntax = explicit.element(0x00020010, 'UI', '1.2.840.10008.1.2.1\0');
const dataSet = explicit.element(0x00080018, 'UI', '1.2.3.4\0');

test('DCMTK reads what is written, without a warning', async () => {
  await using directory = await temporaryDirectory('file-meta');
  const file = join(directory.path, 'instance.dcm');
  await writeFile(file, Buffer.concat([fileMetaHeader({ ...meta, sourceAeTitle: 'ARCHIVE' }), dataSet]));
  const { exitCode, output } = await runTool('dcmdump', ['-v', '-Un', file]);
  expect(exitCode).toBe(0);
  expect(output).not.toMatch(/^[WE]:/m);
  const elements = [...output.matchAll(/^(\([0-9a-f,]+\) .*?) +#/gm)].map((match) => match[1]);
  expect(elements).toEqual([
    expect.stringMatching(/^\(0002,0000\) UL \d+$/),
    '(0002,0001) OB 00\\01',
    '(0002,0002) UI [1.2.840.10008.5.1.4.1.1.2]',
    '(0002,0003) UI [1.2.3.4]',
    '(0002,0010) UI [1.2.840.10008.1.2.1]',
    `(0002,0012) UI [${implementationClassUid}]`,
    `(0002,0013) SH [${implementationVersionName}]`,
    '(0002,0016) AE [ARCHIVE]',
    '(0008,0018) UI [1.2.3.4]',
  ]);
});

test('the group length is right, and what is written is read back', () => {
  const header = fileMetaHeader(meta);
  expect(header.readUInt32LE(140)).toBe(header.length - 144);
  expect(readFileMeta(Buffer.concat([header, dataSet]))).toEqual({ ...meta, dataSetOffset: header.length });
  expect(readFileMeta(header)).toEqual({ ...meta, dataSetOffset: header.length });
});

test('the identification of this product is as PS3.7 D.3.3.2 asks', () => {
  expect(isUid(implementationClassUid)).toBe(true);
  expect(implementationVersionName).toMatch(/^[\x21-\x7e]{1,16}$/);
});

describe('files of others', () => {
  test.each([
    ['no group length', syntax],
    [
      'a wrong group length',
      Buffer.concat([explicit.element(0x00020000, 'UL', Buffer.of(7, 0, 0, 0)), syntax]),
    ],
    ['implicit VR', implicit.element(0x00020010, '', '1.2.840.10008.1.2.1\0')],
  ])('%s', (_what, group) => {
    const { transferSyntaxUid, dataSetOffset } = readFileMeta(Buffer.concat([prefix, group, dataSet]));
    expect([transferSyntaxUid, dataSetOffset]).toEqual([meta.transferSyntaxUid, 132 + group.length]);
  });

  test('deflated bytes that look like group 0002 are not taken for it', () => {
    const header = fileMetaHeader({ ...meta, transferSyntaxUid: '1.2.840.10008.1.2.1.99' });
    const deflated = explicit.element(0x00020003, 'UI', '9.9\0');
    expect(readFileMeta(Buffer.concat([header, deflated]))).toMatchObject({
      sopInstanceUid: '1.2.3.4',
      dataSetOffset: header.length,
    });
  });

  test('all real files that have one', async () => {
    let checked = 0;
    for (const file of await realFiles()) {
      const bytes = await readFile(file);
      if (bytes.toString('latin1', 128, 132) !== 'DICM') continue;
      const { transferSyntax, dataSet: expected } = readPart10(bytes);
      if (transferSyntax === '') continue;
      const { transferSyntaxUid, dataSetOffset } = readFileMeta(bytes);
      expect([basename(file), transferSyntaxUid, bytes.length - dataSetOffset]).toEqual([
        basename(file),
        transferSyntax,
        expected.length,
      ]);
      checked++;
    }
    expect(checked).toBeGreaterThan(150);
  });
});

describe('refused', () => {
  test.each([
    ['no prefix', Buffer.alloc(500), /no DICOM file/],
    ['nothing at all', Buffer.alloc(0), /no DICOM file/],
    ['no transfer syntax', Buffer.concat([prefix, dataSet]), /Transfer Syntax UID/],
    [
      'a transfer syntax that is no UID',
      Buffer.concat([prefix, explicit.element(0x00020010, 'UI', 'x.y ')]),
      /UID/,
    ],
  ])('%s', (_what, bytes, message) => {
    expect(() => readFileMeta(bytes)).toThrow(message);
    expect(() => readFileMeta(bytes)).toThrow(expect.objectContaining({ code: 'malformed-data-set' }));
  });

  test('what is cut off, at every byte', () => {
    const whole = fileMetaHeader(meta);
    const offsets = new Set<number>();
    for (let length = 0; length < whole.length; length++) {
      try {
        offsets.add(readFileMeta(whole.subarray(0, length)).dataSetOffset);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BrokerError);
      }
    }
    // Cut between two elements behind the transfer syntax, it cannot be told from a whole one.
    expect(offsets.size).toBe(2);
  });
});
