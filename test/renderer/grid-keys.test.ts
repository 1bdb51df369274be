import { describe, expect, it } from 'vitest';
import { cellAfterKey } from '../../renderer/components/table/grid-keys.ts';

const size = { rows: 100, columns: 5, page: 10 };

function after(from: readonly [number, number], key: string, ctrlKey = false): unknown {
  const cell = cellAfterKey({ row: from[0], column: from[1] }, { key, ctrlKey, metaKey: false }, size);
  return cell === undefined ? undefined : [cell.row, cell.column];
}

describe('keys in a table', () => {
  it('lead from the head to the rows and back', () => {
    expect(after([-1, 2], 'ArrowDown')).toEqual([0, 2]);
    expect(after([0, 2], 'ArrowUp')).toEqual([-1, 2]);
    expect(after([-1, 2], 'ArrowUp')).toEqual([-1, 2]);
  });

  it('stop at the edges', () => {
    expect(after([99, 4], 'ArrowDown')).toEqual([99, 4]);
    expect(after([99, 4], 'ArrowRight')).toEqual([99, 4]);
    expect(after([3, 0], 'ArrowLeft')).toEqual([3, 0]);
  });

  it('lead a page further, not into the head', () => {
    expect(after([5, 1], 'PageUp')).toEqual([0, 1]);
    expect(after([95, 1], 'PageDown')).toEqual([99, 1]);
  });

  it('lead to the ends of the row, with Ctrl to those of the table', () => {
    expect(after([5, 1], 'End')).toEqual([5, 4]);
    expect(after([5, 1], 'Home')).toEqual([5, 0]);
    expect(after([5, 1], 'End', true)).toEqual([99, 4]);
    expect(after([5, 1], 'Home', true)).toEqual([0, 0]);
  });

  it('lead nowhere where they are others', () => expect(after([5, 1], 'x')).toBeUndefined());
});
