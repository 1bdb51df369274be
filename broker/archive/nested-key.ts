import type { DicomJson, JsonAttribute } from '../dicom/dicom-json.ts';
import type { Tag } from '../domain/tag.ts';
import { keyVr } from './attribute-level.ts';

/** Puts a value into the only item of each sequence on its way (PS3.4 section C.2.2.2.6). */
export function nestedKey(
  existing: JsonAttribute | undefined,
  within: readonly Tag[],
  leaf: { readonly keyVr: string; readonly value: JsonAttribute },
): JsonAttribute {
  const [next, ...rest] = within;
  if (next === undefined) return leaf.value;
  const item: DicomJson = { ...(existing?.Value?.[0] as DicomJson | undefined) };
  item[next] = nestedKey(item[next], rest, { ...leaf, keyVr: keyVr(next) });
  return { vr: 'SQ', Value: [item] };
}
