import { expect, test } from 'vitest';
import { readDicomJson } from '../../../broker/dicom/read-dicom-json.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

function failureOf(document: unknown): string {
  try {
    return `It was read: ${JSON.stringify(readDicomJson(JSON.stringify(document)))}`;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    expect(error.code).toBe('bad-request');
    return error.message;
  }
}

const dataSet = {
  '00080016': { vr: 'UI', Value: ['1.2.3'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }, null] },
  '00200013': { vr: 'IS', Value: [1] },
  '00420011': { vr: 'OB', InlineBinary: 'AQI=' },
  '7FE00010': { vr: 'OW', BulkDataURI: 'http://x/bulk' },
};

test('an array of data sets, and one alone, are read as they are', () => {
  expect(readDicomJson(JSON.stringify([dataSet, {}]))).toEqual([dataSet, {}]);
  expect(readDicomJson(JSON.stringify(dataSet))).toEqual([dataSet]);
});

test('tags may be written in small letters; what is not of the model is left out', () => {
  const text =
    '{"7fe00010":{"vr":"OW","BulkDataURI":"x","more":1},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A","x":1}]}}';
  expect(readDicomJson(text)).toEqual([
    { '7FE00010': { vr: 'OW', BulkDataURI: 'x' }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A' }] } },
  ]);
});

let deep: object = {};
for (let depth = 0; depth < 70; depth++) deep = { '00081140': { vr: 'SQ', Value: [deep] } };

test.each([
  ['text', 'data set 1 is no object'],
  [[null], 'data set 1 is no object'],
  [[{}, []], 'data set 2 is no object'],
  [{ PatientName: { vr: 'PN' } }, '"PatientName", which is no tag'],
  [{ '00100010': 'x' }, '00100010 is no object'],
  [{ '00100010': { Value: [] } }, '00100010 has no valid vr'],
  [{ '00100010': { vr: 'toString' } }, '00100010 has no valid vr'],
  [{ '00100020': { vr: 'LO', Value: 'x' } }, 'a Value that is no array'],
  [{ '00100020': { vr: 'LO', Value: [{}] } }, '00100020[0] is neither text nor a number'],
  [{ '00100020': { vr: 'LO', Value: [true] } }, '00100020[0] is neither text nor a number'],
  [{ '00081140': { vr: 'SQ', Value: ['x'] } }, '00081140[0] is no object'],
  [{ '00420011': { vr: 'OB', InlineBinary: 1 } }, 'InlineBinary that is no text'],
  [{ '00420011': { vr: 'OB', BulkDataURI: 1 } }, 'BulkDataURI that is no text'],
  [{ '00420011': { vr: 'OB', BulkDataURI: 'x', InlineBinary: '' } }, 'more than one of'],
  [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 1 }] } }, 'Alphabetic that is no text'],
  [deep, 'sequences deep'],
])('%j is refused', (document, why) => {
  expect(failureOf(document)).toContain(why);
});

test('what is no JSON is refused, and keys of objects themselves do no harm', () => {
  expect(() => readDicomJson('{"')).toThrow('The metadata is no JSON');
  expect(() => readDicomJson('{"__proto__":{"vr":"LO"}}')).toThrow('"__proto__", which is no tag');
});
