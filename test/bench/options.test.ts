import { expect, test } from 'vitest';
import { measurementGroups, parseOptions } from './options.ts';

test('measures everything in five rounds by default', () => {
  expect(parseOptions([], {})).toMatchObject({
    groups: measurementGroups,
    rounds: 5,
    tiny: false,
    keepSets: false,
  });
});

test('takes the groups in the order in which they run', () => {
  expect(parseOptions(['--only', 'cached, cold'], {}).groups).toEqual(['cold', 'cached']);
});

test('takes the rounds from the option before the variable', () => {
  expect(parseOptions(['--rounds', '2'], { BENCH_ROUNDS: '7' }).rounds).toBe(2);
  expect(parseOptions([], { BENCH_ROUNDS: '7' }).rounds).toBe(7);
  expect(parseOptions([], { BENCH_ROUNDS: '' }).rounds).toBe(5);
});

test.each(['0', '1.5', '-1', '101', 'many'])('refuses %s rounds and says where they came from', (text) => {
  expect(() => parseOptions([`--rounds=${text}`], {})).toThrow(`--rounds is "${text}"`);
  expect(() => parseOptions([], { BENCH_ROUNDS: text })).toThrow(`BENCH_ROUNDS is "${text}"`);
});

test('names an unknown group and those that there are', () => {
  expect(() => parseOptions(['--only', 'cold,warm'], {})).toThrow(/"warm"; the groups are cold, orthanc/);
});
