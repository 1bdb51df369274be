import { dictionaryEntry, keywords, tagOfKeyword } from '../domain/dictionary.ts';
import type { Tag } from '../domain/tag.ts';
import { levelOf, queryLevels, usualAttributes } from './attribute-level.ts';
import { isQueryable } from './attribute-path.ts';
import type { QueryLevel } from './query.ts';

/** An attribute that a query can be built from. */
export interface AttributeSuggestion {
  readonly tag: Tag;
  readonly keyword: string;
  /** Its words: Study Instance UID. */
  readonly name: string;
  readonly vr: string;
}

/** Unique and required keys of the Study Root model (PS3.4 tables C.6-5, C.6-3, C.6-4): every archive matches them. */
const dependable: Readonly<Record<QueryLevel, readonly Tag[]>> = {
  study: ['00100010', '00100020', '00080020', '00080050', '0020000D', '00080030', '00200010'],
  series: ['00080060', '0020000E', '00200011'],
  instance: ['00080018', '00200013'],
};

/** Values that nobody types. */
const binaryVrs: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

interface Candidate extends AttributeSuggestion {
  /** In lower case, by word. */
  readonly words: readonly string[];
  /** Lower is more useful, whatever is typed. */
  readonly usefulness: number;
}

let candidates: readonly Candidate[] | undefined;

/**
 * Attributes whose keyword, one of whose words, or whose tag begins with what is typed; several words must
 * all be found. The most useful come first: the keys that every archive matches, then those that queries of
 * the level usually have.
 * @param level what is queried, where that is known
 */
export function completeAttribute(text: string, limit: number, level?: QueryLevel): AttributeSuggestion[] {
  const typed = text.trim().toLowerCase();
  const found: { readonly candidate: Candidate; readonly rank: number }[] = [];
  for (const candidate of (candidates ??= allCandidates())) {
    const match = matchOf(candidate, typed);
    if (match === undefined) continue;
    found.push({ candidate, rank: match * 10 + candidate.usefulness + distance(candidate.tag, level) });
  }
  found.sort((one, other) => one.rank - other.rank || byName(one.candidate, other.candidate));
  return found
    .slice(0, limit)
    .map(({ candidate: { tag, keyword, name, vr } }) => ({ tag, keyword, name, vr }));
}

/** 0: all of it was typed; 1: it begins so; undefined: it does not match. */
function matchOf({ keyword, tag, words }: Candidate, typed: string): number | undefined {
  const plainTag = typed.replace(/[(),\s]/g, '');
  if (keyword.toLowerCase() === typed || tag.toLowerCase() === plainTag) return 0;
  if (typed === '' || keyword.toLowerCase().startsWith(typed.replace(/\s+/g, ''))) return 1;
  // A single digit is more likely a part of a name than of a tag.
  if (/^[0-9a-f]{2,8}$/.test(plainTag) && tag.toLowerCase().startsWith(plainTag)) return 1;
  const wanted = typed.split(/\s+/);
  return wanted.every((part) => words.some((word) => word.startsWith(part))) ? 1 : undefined;
}

/** Keys of lower levels are the least useful, those of the level itself the most. */
function distance(tag: Tag, level: QueryLevel | undefined): number {
  const own = levelOf(tag);
  if (own === undefined) return 0;
  if (level === undefined) return queryLevels.indexOf(own) * 0.75;
  const [at, wanted] = [queryLevels.indexOf(own), queryLevels.indexOf(level)];
  return at > wanted ? 5 : (wanted - at) * 0.25;
}

function byName(one: Candidate, other: Candidate): number {
  return one.keyword.length - other.keyword.length || (one.keyword < other.keyword ? -1 : 1);
}

function allCandidates(): Candidate[] {
  const ranks = new Map<Tag, number>();
  for (const level of queryLevels) for (const tag of usualAttributes(level)) ranks.set(tag, 2);
  for (const level of queryLevels) dependable[level].forEach((tag, index) => ranks.set(tag, index / 10));
  const all: Candidate[] = [];
  for (const keyword of keywords()) {
    const tag = tagOfKeyword(keyword);
    const vr = tag === undefined ? undefined : dictionaryEntry(tag)?.vr;
    if (tag === undefined || vr === undefined || !isQueryable(tag) || binaryVrs.has(vr)) continue;
    const name = nameOf(keyword);
    const words = name.toLowerCase().split(' ');
    all.push({ tag, keyword, name, vr, words, usefulness: ranks.get(tag) ?? 4 });
  }
  return all;
}

/** The words of a keyword: StudyInstanceUID is Study Instance UID. */
function nameOf(keyword: string): string {
  return keyword.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z]\B)/g, '$1 $2');
}
