/** A cell of a table: row -1 is the head. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** What a key event says. */
interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

interface Size {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at a time. */
  readonly page: number;
}

/** The cell that a key leads to, as in the grid pattern of WAI-ARIA; undefined where the key leads nowhere. */
export function cellAfterKey(
  { row, column }: Cell,
  { key, ctrlKey, metaKey }: Key,
  { rows, columns, page }: Size,
): Cell | undefined {
  const far = ctrlKey || metaKey;
  const within = (next: number) => Math.min(Math.max(next, -1), rows - 1);
  switch (key) {
    case 'ArrowUp':
      return { row: within(row - 1), column };
    case 'ArrowDown':
      return { row: within(row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(column - 1, 0) };
    case 'ArrowRight':
      return { row, column: Math.min(column + 1, columns - 1) };
    case 'PageUp':
      return { row: Math.max(row - page, 0), column };
    case 'PageDown':
      return { row: within(row + page), column };
    case 'Home':
      return far ? { row: Math.min(0, rows - 1), column: 0 } : { row, column: 0 };
    case 'End':
      return far ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return undefined;
  }
}
