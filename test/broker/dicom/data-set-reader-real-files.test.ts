import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDataSet, type ReadDataSet } from '../../../broker/dicom/data-set-reader.ts';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { comparable, dcm2json, withoutFragments } from '../../support/dcm2json.ts';
import { readPart10 } from '../../support/part10.ts';
import { pydicomCharacterSetFiles, realFiles } from '../../support/real-files.ts';
import { patientNames } from '../../support/character-set-studies.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const files = await realFiles();
const characterSetFiles = await pydicomCharacterSetFiles();

function read(file: Buffer): ReadDataSet {
  const { transferSyntax, dataSet } = readPart10(file);
  return readDataSet(dataSet, encodingOf(transferSyntax));
}

describe('patient names of the character set files (PS3.5 annexes H to K)', () => {
  test('are known for every file', () => {
    expect(characterSetFiles.map((file) => basename(file, '.dcm'))).toEqual(Object.keys(patientNames).sort());
  });

  test.each(characterSetFiles)('%s', async (file) => {
    const { dataSet, problems } = read(await readFile(file));
    // Two of the files have the patient's name in a Requested Procedure Code Sequence only.
    const item = (dataSet['00321064']?.Value?.[0] ?? {}) as DicomJson;
    const name = (dataSet['00100010'] ?? item['00100010'])?.Value?.[0];
    expect(name).toEqual(patientNames[basename(file, '.dcm')]);
    expect(problems).toEqual([]);
  });
});

describe('every file that DCMTK’s dcm2json converts', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory('dcm2json');
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  /** dcm2json refuses ISO 2022 sets, encapsulated pixel data, and cut-off files: what is left must be many. */
  let compared = 0;
  afterAll(() => expect(compared).toBeGreaterThan(160));

  test.each(files)('%s', async (path) => {
    const file = withoutFragments(await readFile(path));
    const copy = join(directory.path, 'copy.dcm');
    await writeFile(copy, file);
    const theirs = await dcm2json(copy);
    if (theirs === undefined || !hasTransferSyntax(file)) return;
    compared++;
    const ours = read(file).dataSet;
    if (basename(path) === 'chrSQEncoding.dcm') {
      delete ours['00321064'];
      delete theirs['00321064'];
    }
    expect(comparable(ours)).toEqual(comparable(theirs));
  });
});

function hasTransferSyntax(file: Buffer): boolean {
  try {
    return readPart10(file).transferSyntax !== '';
  } catch {
    return false;
  }
}
