import { describe, expect, it } from 'vitest';
import { completeAttribute } from '../../../broker/archive/attribute-completion.ts';
import type { QueryLevel } from '../../../broker/archive/query.ts';

function keywordsFor(text: string, level?: QueryLevel): string[] {
  return completeAttribute(text, 8, level).map(({ keyword }) => keyword);
}

describe('the completion of an attribute', () => {
  it('offers the keys that every archive matches where nothing has been typed', () => {
    expect(keywordsFor('').slice(0, 4)).toEqual(['PatientName', 'PatientID', 'StudyDate', 'AccessionNumber']);
  });

  it('offers those of the level first', () => {
    expect(keywordsFor('', 'series').slice(0, 3)).toEqual(['Modality', 'SeriesInstanceUID', 'SeriesNumber']);
    expect(keywordsFor('', 'instance')[0]).toBe('SOPInstanceUID');
  });

  it('takes the beginning of a keyword, whatever the case', () => {
    expect(keywordsFor('pAtienTN')[0]).toBe('PatientName');
    expect(keywordsFor('StudyInst')[0]).toBe('StudyInstanceUID');
  });

  it('takes the beginnings of words in any order', () => {
    expect(keywordsFor('stud ins')[0]).toBe('StudyInstanceUID');
    expect(keywordsFor('desc series')[0]).toBe('SeriesDescription');
    expect(keywordsFor('in mod')).toContain('ModalitiesInStudy');
  });

  it('takes a tag in any writing, and a part of one', () => {
    expect(keywordsFor('(0020,000d)')).toEqual(['StudyInstanceUID']);
    expect(keywordsFor('0020000D')).toEqual(['StudyInstanceUID']);
    expect(keywordsFor('0010,00').slice(0, 2)).toEqual(['PatientName', 'PatientID']);
  });

  it('puts what is typed in full first', () => {
    expect(keywordsFor('SOPClassUID')[0]).toBe('SOPClassUID');
  });

  it('writes names in words', () => {
    const [first] = completeAttribute('StudyInstanceUID', 1);
    expect(first).toEqual({
      tag: '0020000D',
      keyword: 'StudyInstanceUID',
      name: 'Study Instance UID',
      vr: 'UI',
    });
    expect(completeAttribute('OtherPatientIDs', 1)[0]?.name).toBe('Other Patient IDs');
  });

  it('leaves out what no query can ask for', () => {
    expect(keywordsFor('PixelData')).not.toContain('PixelData');
    expect(keywordsFor('00020010')).toEqual([]);
    expect(keywordsFor('AffectedSOPClassUID')).toEqual([]);
  });

  it('finds nothing for nonsense, and takes text of any kind', () => {
    expect(keywordsFor('xyzzy')).toEqual([]);
    expect(keywordsFor('(((((')).toBeInstanceOf(Array);
    expect(keywordsFor('.*')).toEqual([]);
  });
});
