import type { RowAction } from './column.ts';

/** One entry of the menu of a row. */
export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  readonly danger?: boolean;
}

/** The actions that a row offers, as entries of its menu. */
export function actionItems<Row>(actions: readonly RowAction<Row>[], row: Row): MenuItem[] {
  return actions
    .filter((action) => action.isOffered?.(row) !== false)
    .map((action) => ({
      label: action.label,
      danger: action.danger === true,
      run: () => action.run(row),
    }));
}
