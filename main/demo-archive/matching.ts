const wildcard = /[*?]/;
const noWildcards: ReadonlySet<string> = new Set(['DA', 'TM', 'UI', 'IS']);

/**
 * True where an attribute's value matches what a query asks for (PS3.4 C.2.2.2): empty matches all;
 * a range of dates or times; a list of UIDs; wildcards; else the same value, names without regard to
 * case. A value of several parts matches if one does, a name also by one of its component groups.
 */
export function matches(vr: string, wanted: string, value: string): boolean {
  if (wanted === '' || wanted === '*') return true;
  if ((vr === 'DA' || vr === 'TM') && wanted.includes('-')) return isWithin(wanted, value);
  const candidates = [value, ...value.split(vr === 'PN' ? '=' : '\\')];
  return wanted.split('\\').some((one) => candidates.some((candidate) => isLike(vr, one, candidate)));
}

function isWithin(range: string, value: string): boolean {
  const [from = '', to = ''] = range.split('-').map((end) => end.trim());
  // A value of greater precision than the end of the range counts as within it: 0915 includes 091500.
  return value !== '' && value >= from && (to === '' || value.slice(0, to.length) <= to);
}

function isLike(vr: string, wanted: string, value: string): boolean {
  const [one, other] = vr === 'PN' ? [wanted.toLowerCase(), value.toLowerCase()] : [wanted, value];
  if (noWildcards.has(vr) || !wildcard.test(one)) return one.trim() === other.trim();
  const pattern = one
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(other);
}
