import type { DicomJson, JsonAttribute, JsonValue, PersonName } from '../../dicom/dicom-json.ts';

/** A table cannot show more, and an archive shall not make us send more. */
const longestText = 1_024;
const mostColumns = 200;

/** An answer as text, by tag: for people to read, not for machines. */
export function probeAnswer(answer: DicomJson): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const [tag, attribute] of Object.entries(answer).slice(0, mostColumns)) {
    columns[tag] = cut(textOf(attribute));
  }
  return columns;
}

function textOf({ vr, Value: values = [], InlineBinary: binary }: JsonAttribute): string {
  if (binary !== undefined) return `${Math.floor((binary.length * 3) / 4)} bytes`;
  if (vr === 'SQ') return values.length === 1 ? '1 item' : `${values.length} items`;
  return values.map(valueText).join('\\');
}

function valueText(value: JsonValue): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as PersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}
