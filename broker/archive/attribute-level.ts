import { vrOf } from '../domain/dictionary.ts';
import { isPrivateTag, type Tag } from '../domain/tag.ts';
import type { QueryLevel } from './query.ts';

export const studyInstanceUid: Tag = '0020000D';
export const seriesInstanceUid: Tag = '0020000E';
export const sopInstanceUid: Tag = '00080018';

/** The unique key of each level (PS3.4 section C.6.2.1). */
export const uniqueKeys: Readonly<Record<QueryLevel, Tag>> = {
  study: studyInstanceUid,
  series: seriesInstanceUid,
  instance: sopInstanceUid,
};

/** The levels from the top downwards. */
export const queryLevels: readonly QueryLevel[] = ['study', 'series', 'instance'];

/**
 * Attributes of the patient and the study (PS3.4 tables C.6-1, C.6-2 and C.6-5), in the Study Root
 * model one level.
 */
const studyAttributes: readonly Tag[] = [
  ...['00080020', '00080030', '00080050', '00080051', '00080061', '00080062', '00080063', '00080090'],
  ...['00080096', '0008009C', '0008009D', '00081030', '00081032', '00081048', '00081049', '00081060'],
  ...['00081062', '00081080', '00081084', '00081110', '00081120', '00100010', '00100020', '00100021'],
  ...['00100022', '00100030', '00100032', '00100040', '00101000', '00101001', '00101002', '00101010'],
  ...['00101020', '00101030', '00102160', '00102180', '001021B0', '00104000', '00200010', '0020000D'],
  ...['00201070', '00201200', '00201202', '00201204', '00201206', '00201208', '00321032', '00321060'],
  ...['00321064', '00380010'],
];

/** Attributes of the series (PS3.4 table C.6-3, PS3.3 section C.7.3.1). */
const seriesAttributes: readonly Tag[] = [
  ...['00080021', '00080031', '00080060', '0008103E', '0008103F', '00081050', '00081052', '00081070'],
  ...['00081072', '00081111', '00081250', '00180015', '00181030', '00185100', '0020000E', '00200011'],
  ...['00200060', '00201209', '00400244', '00400245', '00400250', '00400251', '00400253', '00400254'],
  ...['00400260', '00400275'],
];

/** Attributes of an instance (PS3.4 tables C.6-4 and C.6.1.1.5). */
const instanceAttributes: readonly Tag[] = [
  ...['00080008', '00080016', '00080018', '0008001A', '00080022', '00080023', '0008002A', '00080032'],
  ...['00080033', '00083001', '00089215', '00200012', '00200013', '00201002', '00201041', '00280002'],
  ...['00280004', '00280008', '00280010', '00280011', '00280100', '00280101', '00280102', '00280103'],
  ...['0040A032', '0040A043', '0040A491', '0040A493', '0040A496', '00420010', '00700080', '00700081'],
  ...['00700082', '00700084'],
];

const attributesOf: Readonly<Record<QueryLevel, readonly Tag[]>> = {
  study: studyAttributes,
  series: seriesAttributes,
  instance: instanceAttributes,
};

const levels: ReadonlyMap<Tag, QueryLevel> = new Map(
  queryLevels.flatMap((level) => attributesOf[level].map((tag) => [tag, level] as const)),
);

/**
 * The level of the information model that an attribute describes: `study` for all of the patient's.
 * Undefined where it is none of the usual keys: such an attribute belongs to the level that is queried.
 */
export function levelOf(tag: Tag): QueryLevel | undefined {
  return levels.get(tag) ?? (tag.startsWith('0010') ? 'study' : undefined);
}

/** Every attribute of a level that a query usually can ask for. */
export function usualAttributes(level: QueryLevel): readonly Tag[] {
  return attributesOf[level];
}

/** True where `lower` is below `upper` in the hierarchy. */
export function isBelow(lower: QueryLevel, upper: QueryLevel): boolean {
  return queryLevels.indexOf(lower) > queryLevels.indexOf(upper);
}

/** The VR to ask for an attribute with; UN where nobody knows it. */
export function keyVr(tag: Tag): string {
  return vrOf(tag) ?? 'UN';
}

/** The element that names the creator of a private attribute's block (PS3.5 section 7.8.1). */
export function privateCreatorOf(tag: Tag): Tag | undefined {
  if (!isPrivateTag(tag) || tag.startsWith('00', 4)) return undefined;
  return `${tag.slice(0, 4)}00${tag.slice(4, 6)}`;
}
