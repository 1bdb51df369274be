import { describe, expect, test } from 'vitest';
import {
  dictionaryEntry,
  keywordOf,
  keywords,
  labelOf,
  loadDictionary,
  nearestKeyword,
  tagOfKeyword,
  vrOf,
} from '../../../broker/domain/dictionary.ts';
import { isVr } from '../../../broker/domain/vr.ts';
import { pydicomJson } from '../../support/pydicom.ts';

type Row = readonly [vr: string, vm: string, name: string, retired: string, keyword: string];

/** PS3.6 of 2022 as pydicom has it, by tag. */
const ps36 = (await pydicomJson(`
import json
from pydicom._dicom_dict import DicomDictionary as standard
print(json.dumps({'%08X' % tag: row for tag, row in standard.items()}))
`)) as Readonly<Record<string, Row>>;

/** Attributes of real-time video (group 0002 of PS3.22), which no file and no C-FIND has. */
const left = /^000200(2[678]|3[1235678])$/;
const chosen: Readonly<Record<string, string>> = {
  'US or SS': 'US',
  'OB or OW': 'OW',
  'US or OW': 'OW',
  'US or SS or OW': 'OW',
};

describe('every attribute of pydicom’s PS3.6', () => {
  const rows = Object.entries(ps36).filter(
    ([tag, row]) => row[4] !== '' && !left.test(tag) && !tag.startsWith('FFFE'),
  );

  test('is there with its keyword and VR', () => {
    expect(rows.length).toBeGreaterThan(4800);
    const differing = rows.filter(
      ([tag, [vr, , , , keyword]]) =>
        keywordOf(tag) !== keyword || tagOfKeyword(keyword) !== tag || vrOf(tag) !== (chosen[vr] ?? vr),
    );
    // Group lengths are of VR UL by rule; all others must be equal.
    expect(differing).toEqual([]);
  });

  test('is known to follow Pixel Representation where its VR is US or SS', () => {
    const differing = rows.filter(
      ([tag, [vr]]) => dictionaryEntry(tag)?.signedAsPixels !== (vr === 'US or SS'),
    );
    expect(differing).toEqual([]);
  });
});

test('every VR is one of the standard, every keyword is unique', () => {
  const all = [...keywords()];
  expect(new Set(all).size).toBe(all.length);
  for (const keyword of all) {
    const tag = tagOfKeyword(keyword)!;
    expect(isVr(vrOf(tag)!), keyword).toBe(true);
    expect(keywordOf(tag)).toBe(keyword);
  }
});

test.each([
  ['60003000', 'OverlayData', 'OW'],
  ['601E0010', 'OverlayRows', 'US'],
  ['50020010', 'NumberOfPoints', 'US'],
  ['7F040010', 'VariablePixelData', 'OW'],
  ['0020310A', 'SourceImageIDs', 'CS'],
  ['00280430', 'RowsForNthOrderCoefficients', 'US'],
  ['7FE00010', 'PixelData', 'OW'],
  ['0020930E', 'PlanePositionVolumeSequence', 'SQ'],
  ['00080301', 'PrivateGroupReference', 'US'],
  ['0040E001', 'HL7InstanceIdentifier', 'ST'],
])('%s is %s of VR %s', (tag, keyword, vr) => {
  expect([keywordOf(tag), vrOf(tag)]).toEqual([keyword, vr]);
});

test('attributes newer than 2022 are there', () => {
  expect(tagOfKeyword('AcquisitionUID')).toBe('00080017');
});

test('a repeating group’s keyword gives its first tag', () => {
  expect(tagOfKeyword('OverlayData')).toBe('60003000');
});

test('group lengths are UL, private creators LO, other private and unknown attributes have no VR', () => {
  expect(vrOf('00080000')).toBe('UL');
  expect(vrOf('00090000')).toBe('UL');
  expect(vrOf('00090010')).toBe('LO');
  expect(vrOf('000900FF')).toBe('LO');
  expect(vrOf('00091001')).toBeUndefined();
  expect(vrOf('00090001')).toBeUndefined();
  expect(vrOf('600130AB')).toBeUndefined();
  expect(vrOf('0008FFFF')).toBeUndefined();
  expect(vrOf('FFFEE000')).toBeUndefined();
  expect(keywordOf('00091001')).toBeUndefined();
  expect(tagOfKeyword('patientname')).toBeUndefined();
});

test.each([
  ['PatientNam', 'PatientName'],
  ['patientname', 'PatientName'],
  ['StudyInstanceUId', 'StudyInstanceUID'],
  ['SeriesInstansUID', 'SeriesInstanceUID'],
  ['ModalitysInStudy', 'ModalitiesInStudy'],
])('%s is near to %s', (text, keyword) => {
  expect(nearestKeyword(text)).toBe(keyword);
});

test.each(['', 'x', 'NoSuchAttributeAtAll', 'x'.repeat(100_000)])('nothing is near to %.30s', (text) => {
  expect(nearestKeyword(text)).toBeUndefined();
});

test('labels name an attribute by keyword and tag', () => {
  expect(labelOf('00100010')).toBe('PatientName (00100010)');
  expect(labelOf('00091001')).toBe('Attribute 00091001');
});

test('can be loaded before the first look-up', async () => {
  await loadDictionary();
  expect(keywordOf('00100010')).toBe('PatientName');
});
