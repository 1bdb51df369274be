import { describe, expect, it } from 'vitest';
import { formatBytes, formatBytesOf, formatRate } from '../../renderer/format/bytes.ts';
import { counted, formatCount } from '../../renderer/format/count.ts';
import { formatDicomDate, formatDicomTime } from '../../renderer/format/dates.ts';
import { formatAgo, formatDuration, formatMilliseconds } from '../../renderer/format/duration.ts';

const english = 'en-GB';

describe('sizes', () => {
  it.each([
    [0, '0 MB'],
    [600, '0.6 kB'],
    [99_000, '99 kB'],
    [525_000, '0.5 MB'],
    [84_000_000, '84 MB'],
    [999_600_000, '1 GB'],
    [1_240_000_000, '1.2 GB'],
    [41_200_000_000, '41 GB'],
    [2_400_000_000_000, '2,400 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes, english)).toBe(text));

  it('of a whole are in its unit', () => {
    expect(formatBytesOf(41_200_000_000, 200_000_000_000, english)).toBe('41 of 200 GB');
    expect(formatBytesOf(300_000_000, 51_200_000_000, english)).toBe('0.3 of 51 GB');
    expect(formatBytesOf(0, 0, english)).toBe('0 of 0 MB');
  });

  it('per second are rates', () => expect(formatRate(84_000_000, english)).toBe('84 MB/s'));
});

describe('counts', () => {
  it('are grouped as the locale does it', () => expect(formatCount(482_113, english)).toBe('482,113'));

  it('have the word that fits', () => {
    expect(counted(1, 'study', 'studies', english)).toBe('1 study');
    expect(counted(1_284, 'study', 'studies', english)).toBe('1,284 studies');
    expect(counted(0, 'client', undefined, english)).toBe('0 clients');
  });
});

describe('durations', () => {
  it.each([
    [-3, '0 s'],
    [4.4, '4 s'],
    [80, '1 min 20 s'],
    [120, '2 min'],
    [58 * 60 + 12, '58 min'],
    [3 * 3_600 + 300, '3 h 5 min'],
    [26 * 3_600, '1 day'],
    [49 * 3_600, '2 days'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('in milliseconds become seconds where they are many', () => {
    expect(formatMilliseconds(0.4, english)).toBe('under 1 ms');
    expect(formatMilliseconds(12.4, english)).toBe('12 ms');
    expect(formatMilliseconds(1_430, english)).toBe('1.4 s');
  });

  it('since a moment say ago', () => {
    expect(formatAgo(-500)).toBe('just now');
    expect(formatAgo(8_200)).toBe('8 s ago');
  });
});

describe('dates and times of data sets', () => {
  it.each([
    ['20261125', '2026-11-25'],
    ['2026.11.25', '2026-11-25'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('%s is %s', (value, text) => expect(formatDicomDate(value)).toBe(text));

  it.each([
    ['140322.123', '14:03:22'],
    ['1403', '14:03'],
    ['noon', 'noon'],
  ])('%s is %s', (value, text) => expect(formatDicomTime(value)).toBe(text));
});
