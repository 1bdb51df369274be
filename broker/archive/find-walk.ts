import type { DicomJson } from '../dicom/dicom-json.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import { readUid, type Uid } from '../domain/uid.ts';
import { isBelow, levelOf, queryLevels, uniqueKeys } from './attribute-level.ts';
import type { FindStep } from './find-identifier.ts';
import { type ArchiveQuery, type QueryLevel, isMatchingKey, singleValue } from './query.ts';

/** Sends one C-FIND and yields its answers. */
export type SendStep = (step: FindStep) => AsyncGenerator<DicomJson, void, undefined>;

/** A study, or a series in it, whose parts are queried next. */
interface Parent {
  readonly study: Uid | undefined;
  readonly series: Uid | undefined;
  /** What the levels above answered; it becomes part of every answer below. */
  readonly attributes: DicomJson;
}

/** Parents that are fetched before the first of them is visited, growing tenfold with every page. */
const firstPage = 50;
const largestPage = 5_000;
/** Parents of one query at most, against archives that never come to an end. */
const maxParents = 100_000;

/**
 * Answers a query by C-FINDs that keep to the hierarchy (PS3.4 section C.4.1.2.1): each names the
 * unique keys of all levels above its own, and only keys of its own level. A level above is queried only
 * where its UID is not known or where one of its attributes is asked for.
 *
 * Parents are read page by page, and no query is open while their parts are queried: a query that
 * waited for a second association while it holds one could wait for itself.
 */
export async function* walk(query: ArchiveQuery, send: SendStep): AsyncGenerator<DicomJson, void, undefined> {
  const start: Parent = {
    study: query.study ?? onlyUid(query, 'study'),
    series: query.series ?? onlyUid(query, 'series'),
    attributes: {},
  };
  const isOnlyOne = onlyUid(query, query.level) !== undefined;
  for await (const answer of descend(query, start, { send, index: 0 })) {
    yield answer;
    if (isOnlyOne) return;
  }
}

interface Descent {
  readonly send: SendStep;
  /** Of the level to query next. */
  readonly index: number;
}

async function* descend(
  query: ArchiveQuery,
  parent: Parent,
  { send, index }: Descent,
): AsyncGenerator<DicomJson, void, undefined> {
  const level = queryLevels[index] ?? query.level;
  const step = stepAt(query, level, parent);
  if (level === query.level) {
    for await (const answer of send(step)) yield { ...parent.attributes, ...answer };
    return;
  }
  if (!mustVisit(query, level, parent)) {
    yield* descend(query, parent, { send, index: index + 1 });
    return;
  }
  for await (const answer of pages(() => send(step), uniqueKeys[level])) {
    const uid = uidOf(answer, uniqueKeys[level]);
    const attributes = { ...parent.attributes, ...answer };
    const child =
      level === 'study' ? { ...parent, study: uid, attributes } : { ...parent, series: uid, attributes };
    yield* descend(query, child, { send, index: index + 1 });
  }
}

/** The answers of a query in pages: each begins where the one before ended, in a new query. */
async function* pages(
  ask: () => AsyncGenerator<DicomJson, void, undefined>,
  uniqueKey: Tag,
): AsyncGenerator<DicomJson, void, undefined> {
  const seen = new Set<string>();
  for (let size = firstPage; ; size = Math.min(size * 10, largestPage)) {
    const page: DicomJson[] = [];
    let more = false;
    for await (const answer of ask()) {
      const uid = uidOf(answer, uniqueKey);
      if (uid === undefined || seen.has(uid)) continue;
      more = page.length === size;
      if (more) break;
      seen.add(uid);
      page.push(answer);
    }
    yield* page;
    if (!more) return;
    if (seen.size >= maxParents) throw tooBroad();
  }
}

/** A query for a level, with the keys that belong to it. */
export function stepAt(query: ArchiveQuery, level: QueryLevel, parent: Omit<Parent, 'attributes'>): FindStep {
  const isUpperUnique = (tag: Tag): boolean =>
    queryLevels.some((upper) => isBelow(level, upper) && uniqueKeys[upper] === tag);
  const belongs = (tag: Tag): boolean => ownLevel(tag, query.level) === level && !isUpperUnique(tag);
  return {
    level,
    keys: Object.fromEntries(Object.entries(query.keys).filter(([tag]) => belongs(tag))),
    returnKeys: query.returnKeys.filter(belongs),
    study: parent.study,
    series: level === 'study' ? undefined : parent.series,
  };
}

/** Where a key goes: to its own level, or to the queried one where it has none or a lower one. */
function ownLevel(tag: Tag, queried: QueryLevel): QueryLevel {
  const level = levelOf(tag);
  return level === undefined || isBelow(level, queried) ? queried : level;
}

function mustVisit(query: ArchiveQuery, level: QueryLevel, parent: Parent): boolean {
  if (parent[level === 'study' ? 'study' : 'series'] === undefined) return true;
  const unique = uniqueKeys[level];
  const isOfLevel = (tag: Tag): boolean => tag !== unique && ownLevel(tag, query.level) === level;
  return Object.keys(query.keys).some(isOfLevel) || query.returnKeys.some(isOfLevel);
}

/** The UID that a query names for a level by a key with one value. */
export function onlyUid(query: ArchiveQuery, level: QueryLevel): Uid | undefined {
  const key = query.keys[uniqueKeys[level]];
  if (key === undefined || !isMatchingKey(key)) return undefined;
  return uidOf(query.keys, uniqueKeys[level]);
}

function uidOf(dataSet: DicomJson, tag: Tag): Uid | undefined {
  const value = singleValue(dataSet, tag);
  return typeof value === 'string' ? readUid(value) : undefined;
}

function tooBroad(): BrokerError {
  return new BrokerError(
    'too-large',
    `The archive answers this query only by way of more than ${maxParents} studies or series.`,
    { remedy: 'Narrow the query, for example by StudyDate, StudyInstanceUID or PatientID.' },
  );
}
