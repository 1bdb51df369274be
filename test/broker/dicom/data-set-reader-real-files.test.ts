import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDataSet, type ReadDataSet } from '../../../broker/dicom/data-set-reader.ts';
import type { DicomJson, JsonAttribute, JsonValue } from '../../../broker/dicom/dicom-json.ts';
import { jsonText } from '../../../broker/dicom/json-text.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { readPart10 } from '../../support/part10.ts';
import { pydicomCharacterSetFiles, realFiles } from '../../support/real-files.ts';
import { patientNames } from '../../support/character-set-studies.ts';
import { runTool } from '../../support/run-tool.ts';
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
    const whole = await readFile(path);
    // It stops at encapsulated pixel data: compared is what stands in front of it.
    const pixels = whole.indexOf(Buffer.from('E07F10004F420000FFFFFFFF', 'hex'));
    const file = pixels < 0 ? whole : whole.subarray(0, pixels);
    const copy = join(directory.path, 'copy.dcm');
    await writeFile(copy, file);
    const { exitCode, stdout } = await runTool('dcm2json', ['-q', '-ee', copy]);
    if (exitCode !== 0 || !hasTransferSyntax(file)) return;
    compared++;
    const theirs = JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as DicomJson;
    const ours = read(file).dataSet;
    if (basename(path) === 'chrSQEncoding.dcm') {
      delete ours['00321064'];
      delete theirs['00321064'];
    }
    expect(throughText(ours)).toEqual(throughText(theirs));
  });
});

/** As a reader of the JSON text has it, where -0 is 0. */
function throughText(dataSet: DicomJson): unknown {
  return normal(JSON.parse(jsonText(dataSet)) as DicomJson);
}

function hasTransferSyntax(file: Buffer): boolean {
  try {
    return readPart10(file).transferSyntax !== '';
  } catch {
    return false;
  }
}

/**
 * Takes out what the two write differently on purpose: dcm2json rounds FL to nine digits, pads UN of
 * odd length, names ISO_IR 192 also where Specific Character Set is empty, and leaves an item's own
 * character set undecoded (one item of chrSQEncoding.dcm, compared with a literal name above).
 */
function normal(dataSet: DicomJson): unknown {
  const entries = Object.entries(dataSet).filter(([tag]) => tag !== '00080005');
  return Object.fromEntries(entries.map(([tag, attribute]) => [tag, normalAttribute(attribute)]));
}

function normalAttribute(attribute: JsonAttribute): unknown {
  const { vr, Value, InlineBinary } = attribute;
  if (Value !== undefined && vr === 'SQ') return Value.map((item) => normal(item as DicomJson));
  if (Value !== undefined && vr === 'FL')
    return Value.map((value: JsonValue) => Math.fround(value as number));
  if (InlineBinary !== undefined && vr === 'UN') {
    const bytes = Buffer.from(InlineBinary, 'base64');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  }
  return attribute;
}
