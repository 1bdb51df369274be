import { isBelow, queryLevels, usualAttributes } from '../../archive/attribute-level.ts';
import type { QueryLevel } from '../../archive/query.ts';
import type { Tag } from '../../domain/tag.ts';

export const instanceAvailability: Tag = '00080056';
export const retrieveUrl: Tag = '00081190';
const timezoneOffsetFromUtc: Tag = '00080201';

/** Attributes that every answer has, without a value where it is not known (types R and U). */
const always: Readonly<Record<QueryLevel, readonly Tag[]>> = {
  // PS3.18 table 10.6.3-3
  study: [
    ...['00080020', '00080030', '00080050', '00080061', '00080090', '00100010', '00100020', '00100030'],
    ...['00100040', '0020000D', '00200010', '00201206', '00201208'],
  ],
  // PS3.18 table 10.6.3-4
  series: ['00080060', '0020000E', '00200011', '00201209'],
  // PS3.18 table 10.6.3-5
  instance: ['00080016', '00080018', '00200013'],
};

/** Attributes that an answer has where they are known (type C). */
const whereKnown: Readonly<Record<QueryLevel, readonly Tag[]>> = {
  study: [instanceAvailability, timezoneOffsetFromUtc],
  series: [instanceAvailability, timezoneOffsetFromUtc, '0008103E', '00400244', '00400245', '00400275'],
  instance: [instanceAvailability, timezoneOffsetFromUtc, '00280008', '00280010', '00280011', '00280100'],
};

/** The scope of a search: which levels are not given by its path. */
export interface SearchScope {
  readonly level: QueryLevel;
  readonly hasStudy: boolean;
  readonly hasSeries: boolean;
}

/**
 * The levels whose attributes belong into an answer: the level itself, and those above that the path
 * does not name (PS3.18 sections 10.6.3.3.2 and 10.6.3.3.3: All Series, All Instances, Study's Instances).
 */
export function answeredLevels({ level, hasStudy, hasSeries }: SearchScope): QueryLevel[] {
  const isGiven = { study: hasStudy, series: hasSeries, instance: false };
  return queryLevels.filter((each) => each === level || (isBelow(level, each) && !isGiven[each]));
}

/** The attributes that an answer has whether they have a value or not. */
export function requiredAttributes(scope: SearchScope): Tag[] {
  return answeredLevels(scope).flatMap((level) => always[level]);
}

/** The attributes that the archive is asked for, whatever the client asks for besides. */
export function askedAttributes(scope: SearchScope): Tag[] {
  return [
    ...new Set([
      ...requiredAttributes(scope),
      ...answeredLevels(scope).flatMap((level) => whereKnown[level]),
    ]),
  ];
}

/** What `includefield=all` adds: every usual key of the levels that are answered. */
export function allAttributes(scope: SearchScope): Tag[] {
  return answeredLevels(scope).flatMap(usualAttributes);
}
