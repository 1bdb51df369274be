/**
 * The known name that `name` is probably meant to be: the one with the fewest wrong, missing,
 * superfluous or exchanged characters, at most two and a tenth of the length. Capitals, dots,
 * dashes and underscores are taken as the same.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 80) return undefined;
  let nearest: string | undefined;
  let least = 3 + Math.floor(name.length / 10);
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[.\-_]+/g, '_');
}

/** Optimal string alignment distance (Damerau and Levenshtein), row by row. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const exchanged = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
        exchanged ? at(before, column - 2) + 1 : Infinity,
      );
    }
    [before, above] = [above, current];
  }
  return at(above, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
