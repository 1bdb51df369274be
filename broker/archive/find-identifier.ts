import type { DicomJson, JsonAttribute, JsonValue, PersonName } from '../dicom/dicom-json.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import { isUid, type Uid } from '../domain/uid.ts';
import { usesCharacterSet } from '../domain/vr.ts';
import { keyVr, privateCreatorOf, queryLevels, uniqueKeys } from './attribute-level.ts';
import type { QueryLevel } from './query.ts';

/** One C-FIND: the keys that go into its identifier. */
export interface FindStep {
  readonly level: QueryLevel;
  readonly keys: DicomJson;
  readonly returnKeys: readonly Tag[];
  readonly study: Uid | undefined;
  readonly series: Uid | undefined;
}

const queryRetrieveLevel: Tag = '00080052';
const levelNames: Readonly<Record<QueryLevel, string>> = {
  study: 'STUDY',
  series: 'SERIES',
  instance: 'IMAGE',
};

/** Archives fail on long lists of UIDs: more are asked for in several requests. */
export const maxUidsPerRequest = 100;

/**
 * The identifiers of a C-FIND request (PS3.4 section C.4.1.1.3): several where a list of UIDs is too
 * long for one. The unique keys down to the level are always there, without a value where not known.
 * @throws BrokerError `internal` where a UID is empty, which would match everything
 */
export function findIdentifiers(step: FindStep): DicomJson[] {
  const identifier: DicomJson = {};
  for (const tag of step.returnKeys) addReturnKey(identifier, tag);
  for (const level of queryLevels) {
    addReturnKey(identifier, uniqueKeys[level]);
    if (level === step.level) break;
  }
  for (const [tag, key] of Object.entries(step.keys)) {
    addReturnKey(identifier, tag);
    identifier[tag] = key;
  }
  if (step.study !== undefined) identifier[uniqueKeys.study] = { vr: 'UI', Value: [step.study] };
  if (step.series !== undefined) identifier[uniqueKeys.series] = { vr: 'UI', Value: [step.series] };
  identifier[queryRetrieveLevel] = { vr: 'CS', Value: [levelNames[step.level]] };
  checkUids(identifier);
  return splitUidLists(identifier);
}

function addReturnKey(identifier: DicomJson, tag: Tag): void {
  identifier[tag] ??= { vr: keyVr(tag) };
  const creator = privateCreatorOf(tag);
  if (creator !== undefined) identifier[creator] ??= { vr: 'LO' };
}

function checkUids(identifier: DicomJson): void {
  for (const [tag, { vr, Value: values }] of Object.entries(identifier)) {
    if (vr !== 'UI' || values === undefined) continue;
    if (values.length === 0 || !values.every((value) => typeof value === 'string' && isUid(value))) {
      throw new BrokerError('internal', `A query was about to be sent with an empty UID in ${tag}.`);
    }
  }
}

function splitUidLists(identifier: DicomJson): DicomJson[] {
  for (const [tag, { vr, Value: values = [] }] of Object.entries(identifier)) {
    if (vr !== 'UI' || values.length <= maxUidsPerRequest) continue;
    const parts: DicomJson[] = [];
    for (let start = 0; start < values.length; start += maxUidsPerRequest) {
      const part = values.slice(start, start + maxUidsPerRequest);
      parts.push(...splitUidLists({ ...identifier, [tag]: { vr, Value: part } }));
    }
    return parts;
  }
  return [identifier];
}

/** The texts of an identifier that a character set applies to. */
export function textsOf(identifier: DicomJson): string[] {
  return Object.values(identifier).flatMap(attributeTexts);
}

function attributeTexts({ vr, Value: values = [] }: JsonAttribute): string[] {
  if (vr === 'SQ') return values.flatMap((item) => (item === null ? [] : textsOf(item as DicomJson)));
  if (!usesCharacterSet(vr)) return [];
  return values.flatMap(valueTexts);
}

function valueTexts(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  const { Alphabetic, Ideographic, Phonetic } = value as PersonName;
  return [Alphabetic, Ideographic, Phonetic].filter((text) => text !== undefined);
}
