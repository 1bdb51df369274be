import type { Snippet } from 'svelte';
import type { Column, RowAction, Sort } from './column.ts';

/** What a table is given. */
export interface TableProps<Row> {
  /** What the table holds; said by screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  actions?: readonly RowAction<Row>[];
  /** Has a column to choose rows with; `chosen` are their keys. */
  selectable?: boolean;
  chosen?: ReadonlySet<string>;
  sort?: Sort | undefined;
  /** The text that is searched for. */
  search?: string;
  /** Label of the search field; absent: none is shown. */
  searchLabel?: string | undefined;
  /**
   * Who gives the rows sorts and searches them too; called at each change of either. Otherwise the table does.
   */
  onquery?: ((query: { readonly search: string; readonly sort: Sort | undefined }) => void) | undefined;
  /** Called when the last rows are seen, to give more. */
  onend?: (() => void) | undefined;
  /** Rows come and change while they are looked at: their order stays while the pointer or the focus is on them. */
  live?: boolean;
  /** What will appear here, while there are no rows. */
  empty: Snippet;
  /** Beside the search field. */
  toolbar?: Snippet | undefined;
}
