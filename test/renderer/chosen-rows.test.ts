import { describe, expect, it } from 'vitest';
import { chosenState, withChoice } from '../../renderer/components/table/chosen-rows.ts';

const keys = ['a', 'b', 'c', 'd'];

describe('the rows that are chosen', () => {
  it('are all, some or none', () => {
    expect(chosenState(keys, new Set())).toBe('none');
    expect(chosenState(keys, new Set(['b', 'not shown']))).toBe('some');
    expect(chosenState(keys, new Set(keys))).toBe('all');
    expect(chosenState([], new Set())).toBe('none');
  });

  it('change one by one', () => {
    const one = withChoice(new Set(['a']), keys, { index: 2, rangeFrom: undefined });
    expect([...one]).toEqual(['a', 'c']);
    expect([...withChoice(one, keys, { index: 0, rangeFrom: undefined })]).toEqual(['c']);
  });

  it('are those from one to another, in either direction', () => {
    expect([...withChoice(new Set(), keys, { index: 0, rangeFrom: 2 })]).toEqual(['a', 'b', 'c']);
    expect([...withChoice(new Set(['d']), keys, { index: 2, rangeFrom: 1 })]).toEqual(['d', 'b', 'c']);
  });
});
