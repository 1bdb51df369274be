import { Stats } from 'node:fs';
import { expect, test } from 'vitest';
import { RecentChecks } from '../../../broker/cache/recent-checks.ts';

function statsOf(ino: number, ctimeMs: number): Stats {
  return Object.assign(Object.create(Stats.prototype) as Stats, { ino, ctimeMs });
}

test('a check holds for the same file, unchanged, for ten minutes', () => {
  let now = 0;
  const checks = new RecentChecks(() => now);
  checks.note('/a', 7, statsOf(1, 2));
  expect(checks.has('/a', 7, statsOf(1, 2))).toBe(true);
  expect(checks.has('/a', 8, statsOf(1, 2))).toBe(false);
  expect(checks.has('/a', 7, statsOf(9, 2))).toBe(false);
  expect(checks.has('/a', 7, statsOf(1, 3))).toBe(false);
  expect(checks.has('/b', 7, statsOf(1, 2))).toBe(false);
  now = 10 * 60_000;
  expect(checks.has('/a', 7, statsOf(1, 2))).toBe(false);
});

test('only so many are remembered, the latest', () => {
  const checks = new RecentChecks(() => 0);
  for (let i = 0; i < 20_000; i++) checks.note(`/${i}`, i, statsOf(i, 1));
  const remembered = Array.from({ length: 20_000 }, (_, i) => checks.has(`/${i}`, i, statsOf(i, 1)));
  expect(remembered.filter(Boolean)).toHaveLength(16_384);
  expect(remembered[0]).toBe(false);
  expect(remembered.at(-1)).toBe(true);
});
