import { describe, expect, test } from 'vitest';
import { attributeLines } from '../../../broker/dicom/attribute-lines.ts';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';

function linesOf(dataSet: DicomJson, bulk: Parameters<typeof attributeLines>[1] = []): string[] {
  return attributeLines(dataSet, bulk).lines.map(({ depth, tag, vr, keyword, value }) =>
    [depth, tag, vr, keyword, value].join('|'),
  );
}

describe('the lines of a data set', () => {
  test('say tag, VR, keyword and value', () => {
    const dataSet: DicomJson = {
      '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
      '00100020': { vr: 'LO' },
      '00091001': { vr: 'UN', InlineBinary: 'AQL/' },
      '00280010': { vr: 'US', Value: [512] },
    };
    expect(linesOf(dataSet)).toEqual([
      '0|00080008|CS|ImageType|ORIGINAL\\PRIMARY',
      '0|00100010|PN|PatientName|Yamada^Tarou=山田^太郎',
      '0|00100020|LO|PatientID|',
      '0|00091001|UN||01 02 FF',
      '0|00280010|US|Rows|512',
    ]);
  });

  test('lay sequences out with their items', () => {
    const item = (value: string): DicomJson => ({ '00081150': { vr: 'UI', Value: [value] } });
    const dataSet: DicomJson = {
      '00081140': { vr: 'SQ', Value: [item('1.2'), { '00081199': { vr: 'SQ', Value: [item('1.3')] } }] },
    };
    expect(linesOf(dataSet)).toEqual([
      '0|00081140|SQ|ReferencedImageSequence|2 items',
      '1|FFFEE000||Item|1 of 2',
      '1|00081150|UI|ReferencedSOPClassUID|1.2',
      '1|FFFEE000||Item|2 of 2',
      '1|00081199|SQ|ReferencedSOPSequence|1 item',
      '2|FFFEE000||Item|1 of 1',
      '2|00081150|UI|ReferencedSOPClassUID|1.3',
    ]);
  });

  test('tell large values by their size', () => {
    const place = { vr: 'OW', offset: 0, bigEndian: false };
    const dataSet: DicomJson = {
      '00281201': { vr: 'OW', BulkDataURI: '@/bulkdata/00281201' },
      '7FE00010': { vr: 'OB', BulkDataURI: '@/bulkdata/7FE00010' },
      '7FE00009': { vr: 'OD', BulkDataURI: 'http://elsewhere/7FE00009' },
    };
    const fragments = [4, 1_500_000, 500_000].map((length) => ({ offset: 0, length }));
    const bulk = [
      { ...place, path: '00281201', length: 512 },
      { ...place, path: '7FE00010', length: 2_000_100, items: fragments },
    ];
    expect(linesOf(dataSet, bulk)).toEqual([
      '0|00281201|OW|RedPaletteColorLookupTableData|512 bytes',
      '0|7FE00010|OB|PixelData|2.0 MB in 2 fragments',
      '0|7FE00009|OD|DoubleFloatPixelData|a large value',
    ]);
  });

  test('cut a value at 256 characters, and no character in two', () => {
    const long = attributeLines({ '00204000': { vr: 'LT', Value: [`${'a'.repeat(254)}😀😀`] } }, []);
    expect(long.lines[0]?.value).toBe(`${'a'.repeat(254)}…`);
    const many = Array.from({ length: 100_000 }, (_, index) => index);
    const numbers = attributeLines({ '00091010': { vr: 'US', Value: many } }, []);
    expect(numbers.lines[0]?.value).toHaveLength(256);
    const binary = attributeLines({ '00091010': { vr: 'OB', InlineBinary: 'AAAA'.repeat(300) } }, []);
    expect(binary.lines[0]?.value.length).toBeLessThan(256);
    expect(binary.lines[0]?.value).toMatch(/^00 00 .* … \(900 bytes\)$/);
  });

  test('end at 20,000, which is said', () => {
    const items = Array.from({ length: 15_000 }, () => ({ '00081150': { vr: 'UI', Value: ['1.2'] } }));
    const { lines, isCut } = attributeLines({ '00081140': { vr: 'SQ', Value: items } }, []);
    expect(lines).toHaveLength(20_000);
    expect(isCut).toBe(true);
    expect(attributeLines({ '00100020': { vr: 'LO' } }, []).isCut).toBe(false);
  });

  test('end where sequences are nested deeper than anybody reads, which is said', () => {
    let dataSet: DicomJson = { '00100020': { vr: 'LO', Value: ['deep'] } };
    for (let depth = 0; depth < 40; depth++) dataSet = { '00081140': { vr: 'SQ', Value: [dataSet] } };
    const { lines, isCut } = attributeLines(dataSet, []);
    expect(Math.max(...lines.map(({ depth }) => depth))).toBe(32);
    expect(isCut).toBe(true);
  });
});
