import { expect, test } from 'vitest';
import { compare, median } from './finding.ts';

test.each([
  [[3], 3],
  [[9, 1, 2], 2],
  [[10, 2, 1, 4], 3],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('there is no median of nothing', () => {
  expect(() => median([])).toThrow('Nothing was measured.');
});

const times = [
  { ours: 10, peer: 20 },
  { ours: 30, peer: 10 },
  { ours: 40, peer: 50 },
];

test('compares times by the median of the ratios, not by the ratio of the medians', () => {
  const finding = compare({ measure: 'm', peerName: 'p', ratioOf: 'time', limit: 0.79, times });
  expect(finding).toMatchObject({ ours: 30, peer: { name: 'p', value: 20 }, ratio: 0.8, target: '≤ 0.79' });
  expect(finding.reached).toBe(false);
  expect(finding.rounds?.map(({ ratio }) => ratio)).toEqual([0.5, 3, 0.8]);
});

test('a time that is at the limit reaches it', () => {
  expect(compare({ measure: 'm', peerName: 'p', ratioOf: 'time', limit: 0.8, times }).reached).toBe(true);
});

test('compares speeds the other way round, with a lower bound', () => {
  const speed = { measure: 'm', peerName: 'p', ratioOf: 'speed', times } as const;
  expect(compare({ ...speed, limit: 1.25 })).toMatchObject({ ratio: 1.25, target: '≥ 1.25', reached: true });
  expect(compare({ ...speed, limit: 1.26 })).toMatchObject({ reached: false });
});

test('a comparison without a target is neither reached nor missed', () => {
  const finding = compare({ measure: 'm', peerName: 'p', ratioOf: 'time', times });
  expect(finding).not.toHaveProperty('reached');
  expect(finding).not.toHaveProperty('target');
});
