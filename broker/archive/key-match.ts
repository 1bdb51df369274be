import type { DicomJson, JsonAttribute, JsonValue } from '../dicom/dicom-json.ts';
import { isBelow, levelOf } from './attribute-level.ts';
import { type ArchiveQuery, hasValue, isMatchingKey } from './query.ts';

/** The keys of a query that belong to levels above its own. */
export function keysAbove(query: ArchiveQuery): [string, JsonAttribute][] {
  return Object.entries(query.keys).filter(([tag, key]) => {
    const level = levelOf(tag);
    return level !== undefined && isBelow(query.level, level) && isMatchingKey(key);
  });
}

/**
 * True where an answer has a value that a key of a level above plainly excludes: the archive took the
 * query but did not match that key. In doubt it is false: archives may match without regard to case and
 * accents, or by parts of a name (PS3.4 section C.2.2.2.1).
 */
export function contradicts(answer: DicomJson, query: ArchiveQuery): boolean {
  return keysAbove(query).some(([tag, key]) => {
    const values = answer[tag]?.Value ?? [];
    if (!hasValue(answer, tag) || (key.vr === 'PN' && query.fuzzy)) return false;
    return (key.Value ?? []).every((wanted) => values.every((value) => excludes(wanted, value, key.vr)));
  });
}

function excludes(wanted: JsonValue, value: JsonValue, vr: string): boolean {
  const [pattern, text] = [plain(wanted), plain(value)];
  switch (vr) {
    case 'UI':
      return pattern !== text;
    case 'AE':
    case 'CS':
    case 'LO':
    case 'SH':
      return !wildCard(pattern).test(text);
    case 'PN':
      return !pattern.split(/[*?^=\s]+/).every((part) => text.includes(part));
    case 'DA': {
      const [from = '', to = from] = pattern.split('-');
      return text < from || (to !== '' && text > to);
    }
    default:
      return false;
  }
}

/** Lower case without accents and without the difference of full and half width. */
function plain(value: JsonValue): string {
  const text =
    value !== null && typeof value === 'object' ? Object.values(value).join('=') : String(value ?? '');
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** The pattern of wild card matching (PS3.4 section C.2.2.2.4). */
function wildCard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 's');
}
