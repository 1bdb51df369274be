/** VRs whose values may have wildcards (PS3.4 section C.2.2.2.4). */
const withWildcards = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const numbers = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

/** What may be typed as the value of a key, in plain words. */
export function helpOfVr(vr: string | undefined): string {
  if (vr === 'DA') {
    return 'A day 20261125, or a range: 20261101-20261130; from a day on 20261101-; up to a day -20261130.';
  }
  if (vr === 'TM')
    return 'A time 1403 or 140322, or a range: 0800-1200; from a time on 0800-; up to a time -1200.';
  if (vr === 'DT') return 'Date and time 20261125140322, or a range with a hyphen between the two.';
  if (vr === 'UI') return 'A whole UID; several with a backslash between them. UIDs have no wildcards.';
  if (vr === 'PN') return 'FAMILY^GIVEN, such as DOE^JANE. * stands for any text, ? for one character: DOE*.';
  if (vr === 'SQ') return 'A sequence: leave the value empty, or name an attribute in it with a dot.';
  if (vr !== undefined && numbers.has(vr)) return 'One number. Numbers have neither wildcards nor ranges.';
  return '* stands for any text, ? for one character: CHEST*. Capitals count, unless the archive says otherwise.';
}

/**
 * What is wrong with the value of a key, and how it is mended; undefined where nothing is. An empty value matches
 * everything (PS3.4 section C.2.2.2.3).
 */
export function problemOfValue(vr: string | undefined, value: string): string | undefined {
  const text = value.trim();
  if (text === '' || vr === undefined) return undefined;
  if (vr === 'DA') return problemOfRange(text, isDate, 'a date such as 20261125');
  if (vr === 'TM') return problemOfRange(text, isTime, 'a time such as 1403 or 140322');
  if (vr === 'UI') return problemOfUids(text);
  if (vr === 'SQ') return 'A sequence has no value of its own. Name an attribute in it with a dot.';
  if (numbers.has(vr) && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
    return `“${text}” is no number. Wildcards and ranges do not work here.`;
  }
  if (withWildcards.has(vr) && /^\*+$/.test(text)) return 'Only * matches everything: leave the value empty.';
  return undefined;
}

/** Dates as people write them, as C-FIND takes them: `2026-11-25` is `20261125`. Other values stay as they are. */
export function valueAsSent(vr: string | undefined, value: string): string {
  const text = value.trim();
  if (vr === 'DA') return text.replace(/(\d{4})[-./](\d{2})[-./](\d{2})/g, '$1$2$3').replace(/\s+/g, '');
  if (vr === 'TM') return text.replace(/(\d{2}):(\d{2})(?::(\d{2}))?/g, '$1$2$3').replace(/\s+/g, '');
  return text;
}

function problemOfRange(text: string, isOne: (part: string) => boolean, what: string): string | undefined {
  const parts = text.split('-');
  if (parts.length > 2) return `“${text}” has more than one hyphen. A range is one, from-to.`;
  const wrong = parts.find((part) => part !== '' && !isOne(part));
  if (wrong !== undefined) return `“${wrong}” is not ${what}.`;
  if (parts.every((part) => part === '')) return 'A range needs at least one end.';
  const [from = '', to = ''] = parts;
  if (from !== '' && to !== '' && from > to) return 'The range ends before it begins.';
  return undefined;
}

function isDate(text: string): boolean {
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (found === null) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/.test(text);
}

function problemOfUids(text: string): string | undefined {
  if (/[*?]/.test(text)) return 'UIDs have no wildcards. Give the whole UID.';
  const wrong = text.split('\\').find((uid) => uid.length > 64 || !/^\d+(\.\d+)*$/.test(uid));
  return wrong === undefined ? undefined : `“${wrong}” is no UID: digits and dots, at most 64.`;
}
