/** Whether all, some or none of the rows are chosen. */
export function chosenState(keys: readonly string[], chosen: ReadonlySet<string>): 'all' | 'some' | 'none' {
  const count = keys.filter((key) => chosen.has(key)).length;
  return count === 0 ? 'none' : count === keys.length ? 'all' : 'some';
}

/** What is chosen after a row was: it and all from the one before, or the row alone, on and off in turn. */
export function withChoice(
  chosen: ReadonlySet<string>,
  keys: readonly string[],
  { index, rangeFrom }: { readonly index: number; readonly rangeFrom: number | undefined },
): ReadonlySet<string> {
  const next = new Set(chosen);
  if (rangeFrom !== undefined) {
    const range = keys.slice(Math.min(rangeFrom, index), Math.max(rangeFrom, index) + 1);
    for (const key of range) next.add(key);
    return next;
  }
  const key = keys[index];
  if (key !== undefined && !next.delete(key)) next.add(key);
  return next;
}
