import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, textOf, textsOf } from './attribute-values.ts';
import type { Report } from './report.ts';
import { readableDate, readableDateTime, readableName, readableTime } from './readable-values.ts';

/** Who and what a document is about, as it stands above its content. */
export function reportParticulars(dataSet: DicomJson): Report['particulars'] {
  const study = [readableDate(textOf(dataSet, '00080020')), readableTime(textOf(dataSet, '00080030'))];
  const content = [readableDate(textOf(dataSet, '00080023')), readableTime(textOf(dataSet, '00080033'))];
  const rows = [
    ['Patient', readableName(textOf(dataSet, '00100010'))],
    ['Patient ID', textOf(dataSet, '00100020')],
    ['Born', readableDate(textOf(dataSet, '00100030'))],
    ['Sex', textOf(dataSet, '00100040')],
    ['Study', textOf(dataSet, '00081030')],
    ['Study date', joined(study)],
    ['Accession number', textOf(dataSet, '00080050')],
    ['Referring physician', readableName(textOf(dataSet, '00080090'))],
    ['Series', textOf(dataSet, '0008103E')],
    ['Institution', textOf(dataSet, '00080080')],
    ['Manufacturer', joined([textOf(dataSet, '00080070'), textOf(dataSet, '00081090')])],
    ['Content date', joined(content)],
    ['Completion', joined([textOf(dataSet, '0040A491'), textOf(dataSet, '0040A492')])],
    ['Verification', textOf(dataSet, '0040A493')],
    ...itemsOf(dataSet, '0040A073').map(verification),
  ] as const;
  return rows.flatMap(([label, value]) => (value === '' ? [] : [{ label, value }]));
}

function verification(item: DicomJson): readonly [string, string] {
  const name = readableName(textOf(item, '0040A075'));
  const organization = textsOf(item, '0040A027').join(', ');
  return ['Verified by', joined([name, organization, readableDateTime(textOf(item, '0040A030'))], ', ')];
}

function joined(texts: readonly string[], separator = ' '): string {
  return texts.filter((text) => text !== '').join(separator);
}
