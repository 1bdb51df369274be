import type { InstanceDescription } from '../instance-description.ts';
import { bytesOf, numberOf, textOf } from './attribute-values.ts';
import { documentTypes, type Rendition } from './rendition.ts';

const encapsulated = '00420011';
/** Other names under which documents are filed. */
const synonyms: Readonly<Record<string, string>> = {
  'application/xml': 'text/xml',
  'text/x-cda': 'text/xml',
};

/**
 * The document that an instance is an envelope of (PS3.3 section C.24.2), as it is.
 * @returns undefined where it holds none, or none of a kind that may be shown
 */
export function encapsulatedDocument({
  dataSet,
  bulk,
  deflated,
}: InstanceDescription): Rendition | undefined {
  if (dataSet[encapsulated] === undefined) return undefined;
  const named = textOf(dataSet, '00420012').split(';', 1)[0]!.trim().toLowerCase();
  const mediaType = documentTypes.find((type) => type === (synonyms[named] ?? named));
  if (mediaType === undefined) return undefined;
  const length = numberOf(dataSet, '00420015');
  const inline = bytesOf(dataSet, encapsulated);
  if (inline !== undefined)
    return { mediaType, bytes: inline.subarray(0, withoutPadding(inline.length, length)) };
  const place = bulk.find(({ path }) => path === encapsulated);
  // The places of a deflated data set are none of the file.
  if (place === undefined || deflated) return undefined;
  return { mediaType, places: [{ offset: place.offset, length: withoutPadding(place.length, length) }] };
}

/** A value has an even number of bytes; Encapsulated Document Length tells how many of them count. */
function withoutPadding(length: number, stated: number | undefined): number {
  return stated === length - 1 ? stated : length;
}
