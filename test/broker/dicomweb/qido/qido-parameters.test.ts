import { expect, test } from 'vitest';
import { parseQidoRequest, type QidoTarget } from '../../../../broker/dicomweb/qido/qido-parameters.ts';
import type { QueryLevel } from '../../../../broker/archive/query.ts';
import type { BrokerError } from '../../../../broker/domain/errors.ts';

const studies: QidoTarget = { level: 'study' };

function keysOf(query: string, level: QueryLevel = 'study'): unknown {
  return parseQidoRequest({ level }, query).keys;
}

function errorOf(query: string, target: QidoTarget = studies): string {
  try {
    parseQidoRequest(target, query);
  } catch (error) {
    expect((error as BrokerError).code).toBe('bad-request');
    return (error as Error).message;
  }
  throw new Error(`${query} was accepted.`);
}

test('an attribute is a keyword or eight hexadecimal digits in any case', () => {
  const expected = { '00100020': { vr: 'LO', Value: ['*x*'] } };
  expect(keysOf('PatientID=*x*')).toEqual(expected);
  expect(keysOf('00100020=*x*')).toEqual(expected);
  expect(keysOf('0020000d=1.2')).toEqual({ '0020000D': { vr: 'UI', Value: ['1.2'] } });
});

test('a dotted path leads through sequences, several of them into one item', () => {
  const query = 'RequestAttributesSequence.ScheduledProcedureStepID=A&00400275.00401001=B';
  expect(keysOf(query, 'series')).toEqual({
    '00400275': {
      vr: 'SQ',
      Value: [{ '00400009': { vr: 'SH', Value: ['A'] }, '00401001': { vr: 'SH', Value: ['B'] } }],
    },
  });
});

test('repeated parameters and backslashes make several values, commas only of UIDs', () => {
  expect(keysOf('ModalitiesInStudy=CT&ModalitiesInStudy=MR')).toEqual({
    '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
  });
  expect(keysOf('StudyInstanceUID=1.2,1.3&StudyInstanceUID=1.4%5C1.5')).toEqual({
    '0020000D': { vr: 'UI', Value: ['1.2', '1.3', '1.4', '1.5'] },
  });
  expect(keysOf('StudyDescription=a,b')).toEqual({ '00081030': { vr: 'LO', Value: ['a,b'] } });
});

test('values are percent-encoded UTF-8', () => {
  expect(keysOf('PatientName=%E5%B1%B1%E7%94%B0*')).toEqual({ '00100010': { vr: 'PN', Value: ['山田*'] } });
  expect(errorOf('PatientName=%E9')).toMatch(/UTF-8/);
});

test.each([
  ['StudyDate=20200101'],
  ['StudyDate=20200101-'],
  ['StudyDate=-20200131'],
  ['StudyDate=20200101-20200131'],
  ['StudyTime=10-1130'],
  ['StudyTime=235959.123456'],
  ['AcquisitionDateTime=20200101120000.5-0500-20200102'],
  ['AcquisitionDateTime=2020-'],
])('%s is a date, a time or a range of them', (query) => {
  expect(Object.values(keysOf(query, 'instance') as object)[0]).toHaveProperty('Value', [
    query.split('=')[1],
  ]);
});

test.each([
  ['StudyDate=2020-01-01', 'StudyDate'],
  ['StudyDate=20201301', 'StudyDate'],
  ['StudyDate=-', 'StudyDate'],
  ['StudyDate=20200101-20200102-20200103', 'StudyDate'],
  ['StudyTime=25', 'StudyTime'],
  ['StudyTime=10:30', 'StudyTime'],
  ['NumberOfStudyRelatedSeries=two', 'NumberOfStudyRelatedSeries'],
  ['PatientName=a=b=c=d', 'PatientName'],
  ['PatientName=a%00b', 'PatientName'],
  ['PatientName=a%1Bb', 'PatientName'],
  [`PatientID=${'x'.repeat(1025)}`, 'PatientID'],
  ['StudyInstanceUID=abc', 'StudyInstanceUID'],
  ['StudyInstanceUID=*', 'StudyInstanceUID'],
  ['StudyInstanceUID=', 'empty UID'],
  ['StudyInstanceUID=1.2,', 'empty UID'],
  ['StudyInstanceUID=1.2%5C%5C1.3', 'empty UID'],
  ['RequestAttributesSequence=x', 'RequestAttributesSequence'],
  ['PatientName.PatientID=x', 'PatientName'],
  ['PatientName=a&00100010=b', 'given twice'],
  ['SpecificCharacterSet=ISO_IR 100', 'SpecificCharacterSet'],
  ['QueryRetrieveLevel=SERIES', 'QueryRetrieveLevel'],
  ['00000900=1', '00000900'],
  ['FFFEE000=1', 'FFFEE000'],
  ['00080002=1', '00080002'],
  ['fuzzymatching=maybe', 'fuzzymatching'],
  ['limit=-1', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=', 'limit'],
  ['limit=1&limit=2', 'limit'],
  ['offset=1.5', 'offset'],
  ['includefield=PatentName', 'PatentName'],
  ['=x', 'no attribute'],
])('%s is refused, naming it', (query, named) => {
  expect(errorOf(query)).toContain(named);
});

test('an unknown keyword is named with the nearest', () => {
  expect(errorOf('PatentName=x')).toBe(
    'The query parameter "PatentName" is no attribute: a keyword of DICOM PS3.6 or eight hexadecimal digits are allowed. Did you mean PatientName?',
  );
});

test('an attribute of a lower level cannot be matched, and is not returned', () => {
  expect(errorOf('SeriesDescription=x')).toContain('attribute of the series');
  expect(errorOf('SOPInstanceUID=1.2', { level: 'series' })).toContain('attribute of the instance');
  const { returnKeys } = parseQidoRequest(studies, 'includefield=00080060,SOPInstanceUID,StudyDescription');
  expect(returnKeys).toContain('00081030');
  expect(returnKeys).not.toContain('00080060');
  expect(returnKeys).not.toContain('00080018');
});

test('Modality of a study means Modalities in Study', () => {
  expect(keysOf('Modality=CT')).toEqual({ '00080061': { vr: 'CS', Value: ['CT'] } });
  expect(keysOf('Modality=CT', 'series')).toEqual({ '00080060': { vr: 'CS', Value: ['CT'] } });
});

test('an empty value or a lone asterisk asks for the attribute without matching it', () => {
  for (const query of ['PatientComments=', 'PatientComments=*']) {
    expect(keysOf(query)).toEqual({ '00104000': { vr: 'LT' } });
  }
});

test('private attributes as eight digits', () => {
  expect(keysOf('00091001=ab', 'instance')).toEqual({ '00091001': { vr: 'UN', InlineBinary: 'YWI=' } });
  expect(parseQidoRequest(studies, 'includefield=00091002').returnKeys).toContain('00091002');
});

test("a viewer's work list", () => {
  const request = parseQidoRequest(
    studies,
    'limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060%2C00080090%2C00100030&PatientName=*x*',
  );
  expect(request).toMatchObject({ level: 'study', limit: 101, offset: 0, fuzzy: false, unsupported: [] });
  expect(request.returnKeys).toEqual(
    expect.arrayContaining([
      '00080020',
      '00080061',
      '00100030',
      '0020000D',
      '00201206',
      '00201208',
      '00081030',
    ]),
  );
  expect(request.returnKeys).not.toContain('00100010');
});

test('includefield: repeated, all, and dotted', () => {
  const { returnKeys } = parseQidoRequest(studies, 'includefield=PatientComments&includefield=00081030');
  expect(returnKeys).toEqual(expect.arrayContaining(['00104000', '00081030']));
  expect(parseQidoRequest(studies, 'includefield=all').returnKeys).toEqual(
    expect.arrayContaining(['00104000', '00081030', '00101010']),
  );
  const { keys } = parseQidoRequest({ level: 'instance' }, 'includefield=ConceptNameCodeSequence.CodeValue');
  expect(keys).toEqual({ '0040A043': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH' } }] } });
});

test('a search below a study leaves out what describes the study', () => {
  const { returnKeys } = parseQidoRequest({ level: 'series', study: '1.2' }, '');
  expect(returnKeys).not.toContain('00100010');
  expect(returnKeys).toEqual(expect.arrayContaining(['00080060', '00200011', '00201209', '00400275']));
  expect(parseQidoRequest({ level: 'series' }, '').returnKeys).toContain('00100010');
});

test('the path must have UIDs, and the query may not contradict it', () => {
  expect(errorOf('', { level: 'series', study: "1.2'" })).toContain('path');
  expect(errorOf('', { level: 'instance', study: '1.2', series: 'x' })).toContain('path');
  expect(errorOf('StudyInstanceUID=1.3', { level: 'series', study: '1.2' })).toContain('StudyInstanceUID');
  expect(parseQidoRequest({ level: 'series', study: '1.2' }, 'StudyInstanceUID=1.2').keys).toEqual({});
});

test('kinds of matching that are not offered are noted', () => {
  const query = 'emptyvaluematching=true&multiplevaluematching=true&fuzzymatching=true';
  expect(parseQidoRequest(studies, query)).toMatchObject({
    fuzzy: true,
    unsupported: ['emptyvaluematching', 'multiplevaluematching'],
  });
});

test('hundreds of UIDs are taken, thousands of parameters are not', () => {
  const uids = Array.from({ length: 800 }, (_, index) => `1.2.${index}`);
  const { keys } = parseQidoRequest(studies, `StudyInstanceUID=${uids.join(',')}`);
  expect(keys['0020000D']?.Value).toEqual(uids);
  expect(errorOf(Array.from({ length: 501 }, () => 'PatientID=x').join('&'))).toContain('parameters');
});
