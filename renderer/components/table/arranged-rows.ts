import type { Column, Sort } from './column.ts';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The rows of which a column says the text, in capitals or not. */
export function searchedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  text: string,
): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => columns.some((column) => column.text(row).toLowerCase().includes(wanted)));
}

/** The rows in the order of a column; rows that are alike stay as they came. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (sort === undefined || column === undefined) return rows;
  const valueOf = column.sortBy ?? column.text;
  const sign = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => sign * compare(a.value, b.value))
    .map(({ row }) => row);
}

/**
 * The rows in the order in which they were shown before, new ones at the end: so that nothing moves under the
 * pointer.
 */
export function steadyRows<Row>(
  rows: readonly Row[],
  shownBefore: readonly string[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  const place = new Map(shownBefore.map((key, index) => [key, index]));
  return rows
    .map((row) => ({ row, at: place.get(keyOf(row)) ?? Infinity }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
