import { expect, test } from 'vitest';
import { Part10Inspector } from '../../../broker/dicom/part10-inspector.ts';
import { instanceFile } from '../../support/stow-scene.ts';

function inspect(file: Buffer, chunk: number): ReturnType<Part10Inspector['end']> {
  const inspector = new Part10Inspector();
  for (let at = 0; at < file.length; at += chunk) inspector.push(file.subarray(at, at + chunk));
  return inspector.end();
}

test.each([1, 7, 333, 1024, 100_000])('a file is identified from chunks of %d bytes', (chunk) => {
  const one = instanceFile();
  const { meta, uids, problem } = inspect(one.file, chunk);
  expect(problem).toBeUndefined();
  expect(meta).toMatchObject({
    transferSyntaxUid: one.transferSyntax,
    sopInstanceUid: one.instance,
    dataSetOffset: one.file.length - one.dataSet.length,
  });
  expect(uids).toEqual({
    sopClassUid: one.sopClass,
    sopInstanceUid: one.instance,
    studyInstanceUid: one.study,
    seriesInstanceUid: one.series,
  });
});

test('meta information of many kilobytes is read, wherever it is cut', () => {
  const { file, dataSet, instance } = instanceFile();
  const meta = file.subarray(0, file.length - dataSet.length);
  const header = Buffer.from('020002014f420000204e0000', 'hex');
  const long = Buffer.concat([meta, header, Buffer.alloc(20_000), dataSet]);
  expect(inspect(long, 1000).meta?.dataSetOffset).toBe(long.length - dataSet.length);
  expect(inspect(long, 1000).uids.sopInstanceUid).toBe(instance);
});

test.each([Buffer.alloc(0), Buffer.from('no DICOM'), Buffer.alloc(5000, 1)])(
  'what is no DICOM file has a problem',
  (file) => {
    const { meta, problem } = inspect(file, 100);
    expect(meta).toBeUndefined();
    expect(problem).toMatch(/DICM/);
  },
);

test('a file that ends in its meta information has a problem', () => {
  const { file } = instanceFile();
  expect(inspect(file.subarray(0, 200), 50).problem).toContain('not whole');
});
