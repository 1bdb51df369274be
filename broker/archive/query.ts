import type { DicomJson, JsonAttribute, JsonValue } from '../dicom/dicom-json.ts';
import type { Tag } from '../domain/tag.ts';
import type { Uid } from '../domain/uid.ts';

export type QueryLevel = 'study' | 'series' | 'instance';

/** A query of the Study Root information model (PS3.4 section C.6.2), whatever the archive supports of it. */
export interface ArchiveQuery {
  readonly level: QueryLevel;
  /** Keys to match, of the level or of those above it; an attribute without a value is a return key. */
  readonly keys: DicomJson;
  /** Attributes of the root that are asked for without being matched. */
  readonly returnKeys: readonly Tag[];
  /** Only within this study, this series. */
  readonly study?: Uid | undefined;
  readonly series?: Uid | undefined;
  /** Fuzzy semantic matching of person names (PS3.4 section C.2.2.2.1.1). */
  readonly fuzzy: boolean;
}

/** What a query's caller learns beside the answers; written to while the query runs. */
export interface FindNotes {
  /** Fuzzy matching was asked for, and the archive does not offer it. */
  fuzzyNotSupported: boolean;
  /** Keys that the archive did not match. */
  readonly unmatchedKeys: Set<Tag>;
}

export function newFindNotes(): FindNotes {
  return { fuzzyNotSupported: false, unmatchedKeys: new Set() };
}

/** True where the attribute has a value to match, also deep in a sequence; without one it is a return key. */
export function isMatchingKey(attribute: JsonAttribute): boolean {
  if (attribute.InlineBinary !== undefined) return true;
  return (attribute.Value ?? []).some((value) => {
    if (attribute.vr !== 'SQ') return value !== null && value !== '';
    return value !== null && Object.values(value as DicomJson).some(isMatchingKey);
  });
}

/** True where an answer tells something about the attribute. */
export function hasValue(dataSet: DicomJson, tag: Tag): boolean {
  const attribute = dataSet[tag];
  if (attribute === undefined) return false;
  return (attribute.Value?.length ?? 0) > 0 || attribute.InlineBinary !== undefined;
}

/** The only value of an attribute, or undefined where it has none or several. */
export function singleValue(dataSet: DicomJson, tag: Tag): JsonValue | undefined {
  const values = dataSet[tag]?.Value;
  return values?.length === 1 ? values[0] : undefined;
}
