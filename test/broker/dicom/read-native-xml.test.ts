import { expect, test } from 'vitest';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { nativeXml } from '../../../broker/dicom/native-xml.ts';
import { readNativeXml } from '../../../broker/dicom/read-native-xml.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

function failureOf(text: string): string {
  try {
    return `It was read: ${JSON.stringify(readNativeXml(text))}`;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    expect(error.code).toBe('bad-request');
    return error.message;
  }
}

function model(content: string): string {
  return `<?xml version="1.0"?><NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">${content}</NativeDicomModel>`;
}

test('what is written as the Native DICOM Model is read again', () => {
  const dataSet: DicomJson = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080008': { vr: 'CS', Value: ['A', null, 'C'] },
    '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }, {}] },
    '00090010': { vr: 'LO', Value: ['ACME'] },
    '00091001': { vr: 'US', Value: [1, 2] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane^^Dr', Ideographic: '山田^太郎' }] },
    '00102000': { vr: 'LO', Value: ['a <b> & "c"\td'] },
    '00180050': { vr: 'DS', Value: ['1.50'] },
    '00189073': { vr: 'FD', Value: [-1.5e-7] },
    '00200013': { vr: 'IS' },
    '00420011': { vr: 'OB', InlineBinary: 'AQI=' },
    '7FE00010': { vr: 'OW', BulkDataURI: 'http://x/bulk?a=1&b=2' },
  };
  expect(readNativeXml(nativeXml(dataSet))).toEqual(dataSet);
});

test('a private attribute goes to the block of its creator, or to the first that is free', () => {
  const one = (creator: string): string =>
    `<DicomAttribute tag="00090001" vr="LO" privateCreator="${creator}"><Value number="1">${creator}</Value></DicomAttribute>`;
  const creator = `<DicomAttribute tag="00090011" vr="LO"><Value number="1">B</Value></DicomAttribute>`;
  expect(readNativeXml(model(`${one('A')}${one('B')}${creator}`))).toEqual({
    '00090010': { vr: 'LO', Value: ['A'] },
    '00090011': { vr: 'LO', Value: ['B'] },
    '00091001': { vr: 'LO', Value: ['A'] },
    '00091101': { vr: 'LO', Value: ['B'] },
  });
});

test.each([
  ['<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>', 'document type'],
  [model('&lol;'), 'no XML'],
  ['<NativeDicomModel>', 'no XML'],
  ['', 'no XML'],
  ['<html/>', '<html> stands in <the document>'],
  [model('<Value number="1">x</Value>'), '<Value> stands in <NativeDicomModel>'],
  [model('<DicomAttribute tag="x" vr="LO"/>'), '"X" is no tag'],
  [model('<DicomAttribute tag="00100010" vr="ZZ"/>'), '00100010 has no valid vr'],
  [model('<DicomAttribute tag="00100010" vr="US"><Value number="1">x</Value></DicomAttribute>'), 'no number'],
  [
    model('<DicomAttribute tag="00100010" vr="LO"><Value number="999999">x</Value></DicomAttribute>'),
    '"999999" is no',
  ],
  [model('<DicomAttribute tag="00081140" vr="SQ"><Item number="1">'.repeat(70)), 'too deep'],
])('%s is refused', (text, why) => {
  expect(failureOf(text)).toContain(why);
});
