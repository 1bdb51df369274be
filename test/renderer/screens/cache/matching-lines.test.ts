import { describe, expect, it } from 'vitest';
import { matchingLines } from '../../../../renderer/screens/cache/matching-lines.ts';

const lines = [
  { depth: 0, tag: '00080018', vr: 'UI', keyword: 'SOPInstanceUID', value: '1.2.3' },
  { depth: 0, tag: '00081140', vr: 'SQ', keyword: 'ReferencedImageSequence', value: '1 item' },
  { depth: 1, tag: '00081150', vr: 'UI', keyword: 'ReferencedSOPClassUID', value: '1.2.5' },
  { depth: 1, tag: '00081155', vr: 'UI', keyword: 'ReferencedSOPInstanceUID', value: '1.2.4' },
  { depth: 0, tag: '00100010', vr: 'PN', keyword: 'PatientName', value: 'DOE^JANE' },
];
const keywords = (text: string) => matchingLines(lines, text).map(({ keyword }) => keyword);

describe('lines of attributes that contain a text', () => {
  it('are all where there is no text', () => {
    expect(keywords('  ')).toHaveLength(lines.length);
  });

  it('come with the sequence that they are in', () => {
    expect(keywords('1.2.4')).toEqual(['ReferencedImageSequence', 'ReferencedSOPInstanceUID']);
  });

  it('are given once where the sequence matches as well', () => {
    expect(keywords('referenced')).toEqual([
      'ReferencedImageSequence',
      'ReferencedSOPClassUID',
      'ReferencedSOPInstanceUID',
    ]);
  });

  it('are found by value in capitals or not, and by the tag as it is written', () => {
    expect(keywords('doe^')).toEqual(['PatientName']);
    expect(keywords('(0010,0010)')).toEqual(['PatientName']);
  });

  it('do not bring a sequence that ended before them', () => {
    expect(keywords('PatientName')).toEqual(['PatientName']);
  });
});
