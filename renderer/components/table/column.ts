import type { Component, Snippet } from 'svelte';

/** One column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** What the cell says: shown, searched and copied. Always shown as text. */
  readonly text: (row: Row) => string;
  /** What it is sorted by; the text where left out. */
  readonly sortBy?: (row: Row) => string | number;
  /** Default true. False where its order says nothing, or where who gives the rows cannot sort by it. */
  readonly sortable?: boolean;
  /** Width as a track of a CSS grid: `120px`, `minmax(120px, 2fr)`. */
  readonly width: string;
  /** 1: always shown; 2: from 700 px of the table's width; 3: from 960 px. Default 1. */
  readonly importance?: 1 | 2 | 3;
  /** `end` for numbers. */
  readonly align?: 'start' | 'end';
  /** In a monospaced face: AE titles, UIDs, tags. */
  readonly code?: boolean;
  /** Shows more than the text. Its elements are used for other rows too: it must keep no state of its own. */
  readonly cell?: Snippet<[Row]>;
}

/** Something that can be done with a row. */
export interface RowAction<Row> {
  /** A verb: «Remove study». */
  readonly label: string;
  readonly run: (row: Row) => void;
  readonly icon?: Component;
  /** Has a button of its own at the end of the row; needs an icon. Else it is in the row's menu only. */
  readonly inline?: boolean;
  readonly danger?: boolean;
  /** Default: always. */
  readonly isOffered?: (row: Row) => boolean;
}

/** How a table is sorted; undefined: as the rows come. */
export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** Widths of the table from which columns of this importance are shown, in pixels. */
const shownFrom = { 1: 0, 2: 700, 3: 960 } as const;

/** The columns that a table of this width shows. */
export function columnsOfWidth<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  return columns.filter(({ importance = 1 }) => width >= shownFrom[importance]);
}
