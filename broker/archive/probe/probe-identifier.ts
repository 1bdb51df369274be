import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { Tag } from '../../domain/tag.ts';
import { keyVr } from '../attribute-level.ts';
import { attributeName, badRequest, parseAttributePath } from '../attribute-path.ts';
import { findIdentifiers } from '../find-identifier.ts';
import { parseKeyValue } from '../key-value.ts';
import { nestedKey } from '../nested-key.ts';
import type { QueryLevel } from '../query.ts';

/** A query as a person builds it; attributes by keyword or tag, those in sequences with dots. */
export interface ProbeQuery {
  readonly level: QueryLevel;
  readonly keys: readonly { readonly attribute: string; readonly value: string }[];
  readonly returnKeys: readonly string[];
}

/**
 * The identifiers of the C-FIND that a person asks for: just the keys that are named, and the unique ones of
 * the level and those above. Nothing is added or sent in parts as QIDO-RS does it, but for long lists of UIDs.
 * @throws BrokerError `bad-request` naming the key, what it was, and what is allowed
 */
export function probeIdentifiers({ level, keys, returnKeys }: ProbeQuery): DicomJson[] {
  const matched: DicomJson = {};
  for (const { attribute, value } of keys) addKey(matched, attribute.trim(), value);
  const asked: Tag[] = [];
  for (const field of returnKeys) {
    const [tag, ...within] = parseAttributePath(field.trim(), 'The return key');
    if (within.length === 0) asked.push(tag);
    else {
      const leaf = { keyVr: 'SQ', value: { vr: keyVr(within.at(-1) ?? tag) } };
      matched[tag] = nestedKey(matched[tag], within, leaf);
    }
  }
  return findIdentifiers({ level, keys: matched, returnKeys: asked, study: undefined, series: undefined });
}

function addKey(matched: DicomJson, attribute: string, value: string): void {
  const path = parseAttributePath(attribute, 'The key');
  const [tag, ...within] = path;
  const last = path.at(-1) ?? tag;
  if (tag === '00080005' || tag === '00080052') {
    throw badRequest(`${attributeName(tag)} is set by the gateway: it cannot be a key.`);
  }
  if (within.length === 0 && matched[tag] !== undefined) {
    throw badRequest(`${attributeName(tag)} is given twice.`);
  }
  if (keyVr(last) === 'SQ') {
    if (value.trim() !== '') {
      throw badRequest(
        `${attribute} is a sequence: name an attribute in it with a dot, such as ${attribute}.CodeValue.`,
      );
    }
    matched[tag] ??= { vr: 'SQ' };
    return;
  }
  const leaf = parseKeyValue(value, keyVr(last), attributeName(last));
  matched[tag] = nestedKey(matched[tag], within, { keyVr: keyVr(tag), value: leaf });
}
