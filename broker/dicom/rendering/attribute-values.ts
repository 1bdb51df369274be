import type { DicomJson, JsonValue } from '../dicom-json.ts';

/** The first value as a number, where it is one. */
export function numberOf(dataSet: DicomJson, tag: string): number | undefined {
  return numbersOf(dataSet, tag)[0];
}

/** The values as finite numbers; empty where one of them is none. */
export function numbersOf(dataSet: DicomJson, tag: string): number[] {
  const values = dataSet[tag]?.Value ?? [];
  const numbers = values.map((value) => (typeof value === 'string' && value !== '' ? Number(value) : value));
  return numbers.every((value) => typeof value === 'number' && Number.isFinite(value))
    ? (numbers as number[])
    : [];
}

/** The first value as text; a person's name by its alphabetic group, else by another. Empty where there is none. */
export function textOf(dataSet: DicomJson, tag: string): string {
  return textOfValue(dataSet[tag]?.Value?.[0]);
}

/** All values as text. */
export function textsOf(dataSet: DicomJson, tag: string): string[] {
  return (dataSet[tag]?.Value ?? []).map(textOfValue).filter((text) => text !== '');
}

function textOfValue(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined) return '';
  const { Alphabetic, Ideographic, Phonetic } = value as {
    Alphabetic?: unknown;
    Ideographic?: unknown;
    Phonetic?: unknown;
  };
  const groups = [Alphabetic, Ideographic, Phonetic].filter((group) => typeof group === 'string');
  return groups[0] ?? '';
}

/** The items of a sequence. */
export function itemsOf(dataSet: DicomJson, tag: string): DicomJson[] {
  const attribute = dataSet[tag];
  if (attribute?.vr !== 'SQ') return [];
  return (attribute.Value ?? []).filter(
    (item): item is DicomJson => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

/** The bytes of a binary value that is inline, in Little Endian. */
export function bytesOf(dataSet: DicomJson, tag: string): Buffer | undefined {
  const inline = dataSet[tag]?.InlineBinary;
  return inline === undefined ? undefined : Buffer.from(inline, 'base64');
}
