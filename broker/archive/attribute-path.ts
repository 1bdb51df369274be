import { keywordOf, nearestKeyword, tagOfKeyword, vrOf } from '../domain/dictionary.ts';
import { BrokerError } from '../domain/errors.ts';
import { isPrivateTag, type Tag } from '../domain/tag.ts';

/** An attribute that a client named: the tags of the sequences it is in, and its own last. */
export type AttributePath = readonly [Tag, ...Tag[]];

const maxDepth = 8;

/**
 * Reads an attribute as PS3.18 section 8.3.4.1 writes it: a keyword, eight hexadecimal digits, or
 * several of either with dots, where all but the last are sequences.
 * @param where the parameter that names it, for the error text
 * @throws BrokerError `bad-request` naming the attribute
 */
export function parseAttributePath(text: string, where: string): AttributePath {
  const [first, ...rest] = text.split('.').map((part) => parseAttribute(part, where));
  if (first === undefined || rest.length >= maxDepth) {
    throw badRequest(`${where} ${quoted(text)} goes through more than ${maxDepth} sequences.`);
  }
  const path: AttributePath = [first, ...rest];
  for (const tag of path.slice(0, -1)) {
    const isSequence = (vrOf(tag) ?? 'SQ') === 'SQ';
    if (!isSequence) throw badRequest(`${where} ${quoted(text)}: ${attributeName(tag)} is no sequence.`);
  }
  return path;
}

function parseAttribute(text: string, where: string): Tag {
  if (/^[0-9A-Fa-f]{8}$/.test(text)) return parseTag(text.toUpperCase(), where);
  const tag = tagOfKeyword(text);
  if (tag !== undefined && isQueryable(tag)) return tag;
  const nearest = nearestKeyword(text);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw badRequest(
    `${where} ${quoted(text)} is no attribute: a keyword of DICOM PS3.6 or eight hexadecimal digits are allowed.${hint}`,
  );
}

function parseTag(tag: Tag, where: string): Tag {
  if (isQueryable(tag) && (isPrivateTag(tag) || vrOf(tag) !== undefined)) return tag;
  throw badRequest(`${where} ${tag} is no attribute that DICOM PS3.6 knows or that can be queried.`);
}

/** Commands, file meta information, directories, group lengths and delimiters are no keys. */
export function isQueryable(tag: Tag): boolean {
  return !/^(000[0-7]|FFFE|FFFF)/.test(tag) && !tag.endsWith('0000');
}

/** An attribute in an error text: PatientName (00100010). */
export function attributeName(tag: Tag): string {
  const keyword = keywordOf(tag);
  return keyword === undefined ? tag : `${keyword} (${tag})`;
}

/** Text that a client sent, for an error text: cut, and with control characters made visible. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

export function badRequest(message: string): BrokerError {
  return new BrokerError('bad-request', message);
}
