import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BulkValue } from '../../../broker/dicom/bulk-value.ts';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import { describeInstance } from '../../../broker/dicom/describe-instance.ts';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import type { InstanceFile } from '../../../broker/dicom/instance-file.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { realFiles } from '../../support/real-files.ts';

/** Files without File Meta Information are none that an archive or the cache holds. */
function instanceFileOf(path: string, bytes: Buffer): InstanceFile | undefined {
  try {
    const { dataSetOffset, transferSyntaxUid } = readFileMeta(bytes);
    return { path, size: bytes.length, dataSetOffset, transferSyntaxUid };
  } catch {
    return undefined;
  }
}

const files = (await realFiles()).flatMap((path) => {
  const bytes = readFileSync(path);
  const file = instanceFileOf(path, bytes);
  return file === undefined ? [] : [{ path, bytes, file }];
});

test('there are many', () => {
  expect(files.length).toBeGreaterThan(170);
});

describe('through a small window, a file says what it says when it is in memory', () => {
  test.each(files)('$path', ({ bytes, file }) => {
    const { bulk, ...told } = describeInstance(file);
    const paths = new Set(bulk.map(({ path }) => path));
    const places: BulkValue[] = [];
    const encoding = encodingOf(file.transferSyntaxUid);
    const read = readDataSet(bytes.subarray(file.dataSetOffset), encoding, {
      inlineLimit: 0,
      bulk: (value) => {
        if (!paths.has(value.path)) return undefined;
        places.push(value);
        return `@/bulkdata/${value.path}`;
      },
    });
    expect(told.dataSet).toEqual(read.dataSet);
    expect(told.deflated).toBe(encoding.deflated);
    const shift = encoding.deflated ? 0 : file.dataSetOffset;
    expect(bulk.map(({ path, offset, length }) => [path, offset, length])).toEqual(
      places.map(({ path, offset, length }) => [path, offset + shift, length]),
    );
    // Words of the reader name bytes of the file in one case and of the data set in the other.
    expect(told.problems).toHaveLength(read.problems.length);
  });
});

describe('known files', () => {
  function known(name: string): ReturnType<typeof describeInstance> {
    return describeInstance(files.find(({ path }) => basename(path) === name)!.file);
  }

  test('the ECG has its waveforms as bulk data', () => {
    expect(known('waveform_ecg.dcm').bulk.map(({ path }) => path)).toEqual([
      '54000100/1/54001010',
      '54000100/2/54001010',
    ]);
  });

  test('the RT dose of 15 frames has native pixel data, in RLE 15 fragments', () => {
    expect(known('rtdose.dcm').pixelData).toMatchObject({ kind: 'native', length: 6000 });
    const rle = known('rtdose_rle.dcm').pixelData;
    expect(rle?.kind === 'encapsulated' && rle.fragments).toHaveLength(15);
  });

  test('a plan has no pixel data', () => {
    expect(known('rtplan.dcm').pixelData).toBeUndefined();
  });
});
