import { describe, expect, it } from 'vitest';
import { emptyRing, jumped, withEntries } from '../../renderer/screens/logs/log-ring.ts';
import { entryText, fieldsLine, fieldsText } from '../../renderer/screens/logs/log-words.ts';
import { scriptedEntry } from '../support/control/scripted-log.ts';

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) =>
    scriptedEntry(from + index, { at: new Date(1_000_000 + (from + index) * 10).toISOString() }),
  );

describe('the entries of a log that is followed', () => {
  it('are shown as they come, and the oldest go where there are too many', () => {
    const ring = withEntries(withEntries(emptyRing, entries(0, 8), true, 10), entries(8, 15), true, 10);
    expect(ring.shown.map(({ number }) => number)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(ring.waiting).toEqual([]);
  });

  it('are shown once where they come twice', () => {
    const ring = withEntries(withEntries(emptyRing, entries(0, 5), true), entries(3, 7), true);
    expect(ring.shown.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('are shown where their numbers begin anew with the gateway', () => {
    const later = scriptedEntry(0, { at: new Date(9_000_000).toISOString() });
    expect(withEntries(withEntries(emptyRing, entries(0, 5), true), [later], true).shown).toHaveLength(6);
  });
});

describe('the entries of a log that stands still', () => {
  const still = withEntries(withEntries(emptyRing, entries(0, 5), true, 10), entries(5, 30), false, 10);

  it('wait without moving what is shown, bounded, and what was missed is counted', () => {
    expect(still.shown.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
    expect(still.waiting.map(({ number }) => number)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(still.missed).toBe(15);
  });

  it('are shown after the jump to now', () => {
    const ring = jumped(still, 10);
    expect(ring.shown.at(-1)?.number).toBe(29);
    expect(ring).toMatchObject({ waiting: [], missed: 0 });
    expect(ring.shown).toHaveLength(10);
  });
});

describe('the words of an entry', () => {
  it('have its fields in one line, or one in a line', () => {
    expect(fieldsLine('{"status":200,"path":"/studies","of":{"a":1}}')).toBe(
      'status 200 · path /studies · of {"a":1}',
    );
    expect(fieldsText('{"status":200}')).toBe('{\n  "status": 200\n}');
  });

  it('stay as they came where the fields are no object', () => {
    expect(fieldsLine('not JSON')).toBe('not JSON');
    expect(fieldsText('[1]')).toBe('[1]');
  });

  it('can be copied whole', () => {
    const entry = scriptedEntry(1, {
      at: '2026-11-25T10:00:00.000Z',
      level: 'warn',
      message: 'So.',
      fields: '{}',
    });
    expect(entryText(entry)).toBe('2026-11-25T10:00:00.000Z warn So. {}');
  });
});
