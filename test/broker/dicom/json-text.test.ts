import { expect, test } from 'vitest';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { jsonText } from '../../../broker/dicom/json-text.ts';

test('attributes are in ascending order, also those whose tags JavaScript takes for array indices', () => {
  const dataSet: DicomJson = {
    '20100010': { vr: 'ST', Value: ['1'] },
    '00100020': { vr: 'LO' },
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '40101021': {
      vr: 'SQ',
      Value: [{ '30020011': { vr: 'DS', Value: [1, null] }, '0008103E': { vr: 'LO', Value: ['ä"\\'] } }, {}],
    },
    '7FE00010': { vr: 'OW', InlineBinary: 'AAA=' },
  };
  expect(jsonText(dataSet)).toBe(
    '{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100020":{"vr":"LO"},' +
      '"20100010":{"vr":"ST","Value":["1"]},' +
      '"40101021":{"vr":"SQ","Value":[{"0008103E":{"vr":"LO","Value":["ä\\"\\\\"]},"30020011":{"vr":"DS","Value":[1,null]}},{}]},' +
      '"7FE00010":{"vr":"OW","InlineBinary":"AAA="}}',
  );
  expect(JSON.parse(jsonText(dataSet))).toEqual(dataSet);
});

test('an empty data set and an empty sequence', () => {
  expect(jsonText({})).toBe('{}');
  expect(jsonText({ '00081140': { vr: 'SQ' } })).toBe('{"00081140":{"vr":"SQ"}}');
});
