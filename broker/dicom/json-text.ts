import type { DicomJson, JsonAttribute } from './dicom-json.ts';

/**
 * A data set as JSON text with its attributes in ascending order, as PS3.18 section F.2.2 asks.
 * JSON.stringify alone would put tags of decimal digits without a leading zero (20100010) first,
 * since such names are array indices to JavaScript.
 */
export function jsonText(dataSet: DicomJson): string {
  const tags = Object.keys(dataSet).sort();
  let text = '{';
  for (const tag of tags) {
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(tag)}:${attributeText(dataSet[tag]!)}`;
  }
  return `${text}}`;
}

function attributeText(attribute: JsonAttribute): string {
  if (attribute.vr !== 'SQ' || attribute.Value === undefined) return JSON.stringify(attribute);
  const items = attribute.Value.map((item) => jsonText(item === null ? {} : (item as DicomJson)));
  return `{"vr":"SQ","Value":[${items.join(',')}]}`;
}
