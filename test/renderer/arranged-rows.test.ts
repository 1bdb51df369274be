import { describe, expect, it } from 'vitest';
import { searchedRows, sortedRows, steadyRows } from '../../renderer/components/table/arranged-rows.ts';
import type { Column } from '../../renderer/components/table/column.ts';

interface Row {
  readonly name: string;
  readonly size: number;
}

const columns: readonly Column<Row>[] = [
  { id: 'name', label: 'Name', width: '1fr', text: ({ name }) => name },
  { id: 'size', label: 'Size', width: '1fr', text: ({ size }) => `${size} MB`, sortBy: ({ size }) => size },
];
const rows: readonly Row[] = [
  { name: 'b10', size: 2 },
  { name: 'B9', size: 100 },
  { name: 'a', size: 2 },
];
const namesOf = (list: readonly Row[]) => list.map(({ name }) => name);

describe('the rows of a table', () => {
  it('are found by the text of any column, in capitals or not', () => {
    expect(namesOf(searchedRows(rows, columns, ' B9'))).toEqual(['B9']);
    expect(namesOf(searchedRows(rows, columns, '100 mb'))).toEqual(['B9']);
    expect(searchedRows(rows, columns, '')).toBe(rows);
  });

  it('are sorted as people count, not as characters come', () => {
    expect(namesOf(sortedRows(rows, columns, { column: 'name', descending: false }))).toEqual([
      'a',
      'B9',
      'b10',
    ]);
  });

  it('are sorted by number where the column says so, and stay as they came where they are alike', () => {
    expect(namesOf(sortedRows(rows, columns, { column: 'size', descending: true }))).toEqual([
      'B9',
      'b10',
      'a',
    ]);
  });

  it('stay as they come without an order, or with one of an unknown column', () => {
    expect(sortedRows(rows, columns, undefined)).toBe(rows);
    expect(sortedRows(rows, columns, { column: 'gone', descending: false })).toBe(rows);
  });

  it('keep their places while they are held, new ones at the end', () => {
    const before = ['a', 'b10'];
    expect(namesOf(steadyRows(rows, before, ({ name }) => name))).toEqual(['a', 'b10', 'B9']);
  });
});
