import {
  isBelow,
  keyVr,
  levelOf,
  seriesInstanceUid,
  studyInstanceUid,
} from '../../archive/attribute-level.ts';
import { nestedKey } from '../../archive/nested-key.ts';
import { type QueryLevel, isMatchingKey } from '../../archive/query.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { Tag } from '../../domain/tag.ts';
import { parseUid, type Uid } from '../../domain/uid.ts';
import {
  type AttributePath,
  attributeName,
  badRequest,
  parseAttributePath,
  quoted,
} from '../../archive/attribute-path.ts';
import { parseKeyValue } from '../../archive/key-value.ts';
import { allAttributes, askedAttributes, retrieveUrl, type SearchScope } from './qido-attributes.ts';

/** What a search asks for (PS3.18 section 10.6.1). */
export interface QidoRequest {
  readonly level: QueryLevel;
  readonly study: Uid | undefined;
  readonly series: Uid | undefined;
  readonly keys: DicomJson;
  readonly returnKeys: readonly Tag[];
  readonly fuzzy: boolean;
  /** Undefined where the client stated none. */
  readonly limit: number | undefined;
  readonly offset: number;
  /** The `accept` query parameter. */
  readonly accept: string | undefined;
  /** Kinds of matching that were asked for and are not offered, by the parameter's name. */
  readonly unsupported: readonly ('emptyvaluematching' | 'multiplevaluematching')[];
}

export interface QidoTarget {
  readonly level: QueryLevel;
  /** As they stand in the path. */
  readonly study?: string | undefined;
  readonly series?: string | undefined;
}

const specificCharacterSet: Tag = '00080005';
const queryRetrieveLevel: Tag = '00080052';
const modality: Tag = '00080060';
const modalitiesInStudy: Tag = '00080061';

/** Parameters of PS3.18 section 8.3 that are no attributes. */
const reserved: ReadonlySet<string> = new Set([
  ...['accept', 'charset', 'emptyvaluematching', 'fuzzymatching', 'includefield', 'limit'],
  ...['multiplevaluematching', 'offset'],
]);
const maxParameters = 500;

/**
 * Reads a search (PS3.18 section 8.3.4).
 * @param query the query string without its question mark
 * @throws BrokerError `bad-request` naming the parameter, what it was, and what is allowed
 */
export function parseQidoRequest(target: QidoTarget, query: string): QidoRequest {
  checkEncoding(query);
  const parameters = new URLSearchParams(query);
  if (parameters.size > maxParameters)
    throw badRequest(`The query has more than ${maxParameters} parameters.`);
  const { level } = target;
  const study = target.study === undefined ? undefined : parseUid(target.study, 'The study in the path');
  const series = target.series === undefined ? undefined : parseUid(target.series, 'The series in the path');
  const scope: SearchScope = { level, hasStudy: study !== undefined, hasSeries: series !== undefined };
  const keys = withoutPath(parseKeys(parameters, level), { study, series });
  return {
    level,
    study,
    series,
    keys,
    returnKeys: returnKeysOf(parameters.getAll('includefield'), scope, keys),
    fuzzy: parseBoolean(parameters, 'fuzzymatching'),
    limit: parseCount(parameters, 'limit'),
    offset: parseCount(parameters, 'offset') ?? 0,
    accept: parameters.getAll('accept').join(',') || undefined,
    unsupported: (['emptyvaluematching', 'multiplevaluematching'] as const).filter((name) =>
      parseBoolean(parameters, name),
    ),
  };
}

/** URLSearchParams would turn bytes that are no UTF-8 into U+FFFD and match something else. */
function checkEncoding(query: string): void {
  try {
    decodeURIComponent(query);
  } catch {
    throw badRequest('The query is not percent-encoded UTF-8.');
  }
}

function parseKeys(parameters: URLSearchParams, level: QueryLevel): DicomJson {
  const keys: DicomJson = {};
  for (const name of new Set(parameters.keys())) {
    if (reserved.has(name)) continue;
    const path = parseAttributePath(name, 'The query parameter');
    checkMatchable(path, name, level);
    const [tag, ...within] = path;
    const last = path.at(-1) ?? tag;
    if (keyVr(last) === 'SQ' && parameters.getAll(name).some((value) => value !== '')) {
      throw badRequest(
        `${name} is a sequence: name an attribute in it with a dot, such as ${name}.CodeValue.`,
      );
    }
    const value = parseKeyValue(parameters.getAll(name).join('\\'), keyVr(last), attributeName(last));
    // On the level of studies, a study's modality can only mean one of its modalities.
    const root = level === 'study' && tag === modality ? modalitiesInStudy : tag;
    if (keys[root] !== undefined && within.length === 0) {
      throw badRequest(`${attributeName(root)} is given twice, under different names.`);
    }
    keys[root] = nestedKey(keys[root], within, { keyVr: keyVr(root), value });
  }
  return keys;
}

function checkMatchable([tag]: AttributePath, name: string, level: QueryLevel): void {
  if (tag === specificCharacterSet || tag === queryRetrieveLevel || tag === retrieveUrl) {
    throw badRequest(`${name} cannot be matched.`);
  }
  const own = levelOf(tag);
  const isModality = level === 'study' && tag === modality;
  if (own === undefined || isModality || !isBelow(own, level)) return;
  throw badRequest(
    `${name} is an attribute of the ${own}, which a search for ${level === 'study' ? 'studies' : 'series'} cannot match. Search for ${own === 'series' ? 'series' : 'instances'} instead.`,
  );
}

/** What is left of the keys beside the path. @throws BrokerError where a UID among them contradicts it */
function withoutPath(
  keys: DicomJson,
  { study, series }: { study: Uid | undefined; series: Uid | undefined },
): DicomJson {
  const path: Readonly<Record<Tag, Uid | undefined>> = {
    [studyInstanceUid]: study,
    [seriesInstanceUid]: series,
  };
  return Object.fromEntries(
    Object.entries(keys).filter(([tag, { Value: values }]) => {
      const uid = path[tag];
      if (uid === undefined || values === undefined) return true;
      if (values.includes(uid)) return false;
      throw badRequest(`${attributeName(tag)} in the query is another one than in the path.`);
    }),
  );
}

/** Adds what dotted paths ask for to `keys`, where a sequence needs an item for it. */
function returnKeysOf(fields: readonly string[], scope: SearchScope, keys: DicomJson): Tag[] {
  const asked = new Set(askedAttributes(scope));
  for (const field of fields.flatMap((value) => value.split(',')).map((value) => value.trim())) {
    if (field === '') continue;
    if (field === 'all') {
      for (const tag of allAttributes(scope)) asked.add(tag);
      continue;
    }
    const [tag, ...within] = parseAttributePath(field, 'includefield');
    // Attributes of lower levels shall not be returned, nor do C-FIND keys or our own URL come from an archive.
    const own = levelOf(tag);
    if (own !== undefined && isBelow(own, scope.level)) continue;
    if (tag === specificCharacterSet || tag === queryRetrieveLevel || tag === retrieveUrl) continue;
    if (within.length === 0) asked.add(tag);
    else if (!asked.has(tag)) {
      const value = { vr: keyVr(within.at(-1) ?? tag) };
      keys[tag] = nestedKey(keys[tag], within, { keyVr: 'SQ', value });
    }
  }
  return [...asked].filter((tag) => keys[tag] === undefined || !isMatchingKey(keys[tag]));
}

function parseBoolean(parameters: URLSearchParams, name: string): boolean {
  const value = onlyValue(parameters, name);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw badRequest(`${name} must be true or false, not ${quoted(value)}.`);
}

function parseCount(parameters: URLSearchParams, name: string): number | undefined {
  const value = onlyValue(parameters, name);
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw badRequest(`${name} must be a whole number from 0 to 999999999, not ${quoted(value)}.`);
}

function onlyValue(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) throw badRequest(`${name} is given ${values.length} times; once is allowed.`);
  return values[0];
}
