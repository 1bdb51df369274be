import type { InstanceDescription } from '../instance-description.ts';
import type { InstanceFile } from '../instance-file.ts';
import { bytesOf, numberOf, textOf } from './attribute-values.ts';
import { documentTypes, type Rendition } from './rendition.ts';
import { inflatedBytes } from './inflated-bytes.ts';

const encapsulated = '00420011';
/** Other names under which documents are filed. */
const synonyms: Readonly<Record<string, string>> = { 'application/xml': 'text/xml', 'text/x-cda': 'text/xml' };

/**
 * The document that an instance is an envelope of (PS3.3 section C.24.2), as it is.
 * @returns undefined where it holds none, or none of a kind that may be shown
 */
export function encapsulatedDocument(
  { dataSet, bulk, deflated }: InstanceDescription,
  file: InstanceFile,
): Rendition | undefined {
  if (dataSet[encapsulated] === undefined) return undefined;
  const named = textOf(dataSet, '00420012').split(';', 1)[0]!.trim().toLowerCase();
  const mediaType = documentTypes.find((type) => type === (synonyms[named] ?? named));
  if (mediaType === undefined) return undefined;
  const length = numberOf(dataSet, '00420015');
  const inline = bytesOf(dataSet, encapsulated);
  if (inline !== undefined) return { mediaType, bytes: inline.subarray(0, withoutPadding(inline.length, length)) };
  const place = bulk.find(({ path }) => path === encapsulated);
  if (place === undefined) return undefined;
  const exact = { offset: place.offset, length: withoutPadding(place.length, length) };
  if (deflated) return { mediaType, bytes: inflatedBytes(file, exact) };
  return { mediaType, places: [exact] };
}

/** A value has an even number of bytes; Encapsulated Document Length tells how many of them count. */
function withoutPadding(length: number, stated: number | undefined): number {
  return stated === length - 1 ? stated : length;
}
