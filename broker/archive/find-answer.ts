import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Tag } from '../domain/tag.ts';
import { readUid } from '../domain/uid.ts';
import { queryLevels, uniqueKeys } from './attribute-level.ts';
import type { FindStep } from './find-identifier.ts';
import { hasValue, isMatchingKey } from './query.ts';

const queryRetrieveLevel: Tag = '00080052';

/**
 * An answer as it is handed on: without Query/Retrieve Level, which belongs to C-FIND, and with the
 * UIDs of the levels above, which some archives do not repeat.
 * @returns undefined where the unique key of the level is missing: nobody could do anything with it
 */
export function tidyAnswer(answer: DicomJson, step: FindStep): DicomJson | undefined {
  const tidy: DicomJson = {};
  for (const [tag, attribute] of Object.entries(answer)) {
    if (tag !== queryRetrieveLevel) tidy[tag] = attribute;
  }
  const asked = { study: step.study, series: step.series, instance: undefined };
  for (const level of queryLevels) {
    const tag = uniqueKeys[level];
    const value = tidy[tag]?.Value?.[0];
    const uid = typeof value === 'string' ? readUid(value) : undefined;
    const known = uid ?? asked[level];
    if (known !== undefined) tidy[tag] = { vr: 'UI', Value: [known] };
    if (level === step.level) return uid === undefined ? undefined : tidy;
  }
  return undefined;
}

/**
 * Keys that the archive did not match: an answer tells the value of every key that it was matched by. An
 * empty one counts only where the archive admits that it left keys out (status 0xFF01).
 */
export function unmatchedKeys(answer: DicomJson, keys: DicomJson, isAdmitted: boolean): Tag[] {
  return Object.entries(keys)
    .filter(
      ([tag, key]) => isMatchingKey(key) && (isAdmitted ? !hasValue(answer, tag) : answer[tag] === undefined),
    )
    .map(([tag]) => tag);
}
