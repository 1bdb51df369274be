import type { JsonValue } from './dicom-json.ts';

/**
 * A person's name of the DICOM JSON model as it is written in a data set (PS3.5 section 6.2.1.2): its groups
 * with equals signs between them. Undefined where the value is no name.
 */
export function personNameText(value: JsonValue): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { Alphabetic, Ideographic, Phonetic } = value as Readonly<Record<string, unknown>>;
  const groups = [Alphabetic, Ideographic, Phonetic].map((group) => (typeof group === 'string' ? group : ''));
  return groups.join('=').replace(/=+$/, '');
}
