import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import { trashDirectory } from '../../../broker/cache/instance-path.ts';
import { minute, nameOf, TestCache } from './cached-files.ts';

const mebibyte = 1024 * 1024;
let files: TestCache;

beforeEach(() => {
  files = new TestCache();
});
afterEach(() => files.remove());

function studiesOf(cache: Cache): string[] {
  return [...cache.studies()].map(({ study }) => study);
}

describe('by age', () => {
  test('a study leaves once it was not used for the time allowed', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    const old = files.store(nameOf(1, 1, 1));
    files.now += 30 * minute;
    const young = files.store(nameOf(2, 1, 1));
    files.now += 29 * minute;
    expect(await cache.evict()).toEqual({ studies: 0, bytes: 0 });
    files.now += minute;
    expect(await cache.evict()).toEqual({ studies: 1, bytes: old.size });
    expect(studiesOf(cache)).toEqual([young.study]);
    expect(existsSync(old.path)).toBe(false);
    expect(existsSync(young.path)).toBe(true);
    expect(readdirSync(trashDirectory(files.directory))).toEqual([]);
    expect(await cache.evict(files.now + 60 * minute)).toMatchObject({ studies: 1 });
  });

  test('use, a new instance and the end of a hold begin the time anew', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    for (const study of [1, 2, 3, 4]) files.store(nameOf(study, 1, 1));
    const hold = cache.hold('default', nameOf(3, 1, 1).study);
    files.now += 50 * minute;
    cache.touch('default', nameOf(1, 1, 1).study);
    files.store(nameOf(2, 1, 2));
    hold[Symbol.dispose]();
    files.now += 50 * minute;
    expect(await cache.evict()).toMatchObject({ studies: 1 });
    expect(studiesOf(cache)).toEqual(['1.2.1', '1.2.2', '1.2.3']);
  });

  test('whoever keeps something beside it is told which study has left', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    files.store(nameOf(1, 1, 1));
    files.now += 50 * minute;
    files.store(nameOf(2, 1, 1));
    expect(cache.hasStudy('default', nameOf(1, 1, 1).study)).toBe(true);
    await cache.evict(files.now + 20 * minute);
    expect(files.left).toEqual(['default/1.2.1']);
    expect(cache.hasStudy('default', nameOf(1, 1, 1).study)).toBe(false);
    await cache.remove('default', nameOf(2, 1, 1).study);
    expect(files.left).toEqual(['default/1.2.1', 'default/1.2.2']);
  });

  test('last use survives a restart', async () => {
    let cache = await files.open({ maxAgeInMin: 60 });
    files.store(nameOf(1, 1, 1));
    files.store(nameOf(2, 1, 1));
    files.now += 50 * minute;
    cache.touch('default', nameOf(2, 1, 1).study);
    files.now += 20 * minute;
    cache = await files.open({ maxAgeInMin: 60 });
    await cache.evict();
    expect(studiesOf(cache)).toEqual(['1.2.2']);
  });

  test('a clock that was ahead keeps nothing for ever', async () => {
    await files.open({ maxAgeInMin: 60 });
    files.now += 1000 * 24 * 60 * minute;
    files.store(nameOf(1, 1, 1));
    files.now -= 1000 * 24 * 60 * minute;
    const cache = await files.open({ maxAgeInMin: 60 });
    files.now += 61 * minute;
    expect(await cache.evict()).toMatchObject({ studies: 1 });
  });
});

describe('by size', () => {
  test('the studies leave that were used longest ago, and only as many as needed', async () => {
    const cache = await files.open({ maxSizeInMb: 3 });
    for (const study of [1, 2, 3, 4]) {
      files.now += minute;
      files.store(nameOf(study, 1, 1), 0.7 * mebibyte);
    }
    files.now += minute;
    cache.touch('default', nameOf(1, 1, 1).study);
    expect(await cache.evict()).toEqual({ studies: 0, bytes: 0 });
    const fifth = files.store(nameOf(5, 1, 1), 0.7 * mebibyte);
    expect(await cache.evict()).toEqual({ studies: 1, bytes: fifth.size });
    expect(studiesOf(cache)).toEqual(['1.2.1', '1.2.3', '1.2.4', '1.2.5']);
  });

  test('too much is evicted without being asked', async () => {
    const cache = await files.open({ maxSizeInMb: 1 });
    files.store(nameOf(1, 1, 1), 0.6 * mebibyte);
    files.now += minute;
    files.store(nameOf(2, 1, 1), 0.6 * mebibyte);
    await vi.waitFor(() => {
      expect(studiesOf(cache)).toEqual(['1.2.2']);
    });
  });

  test('what was held too long to be evicted leaves when the hold ends', async () => {
    const cache = await files.open({ maxSizeInMb: 1 });
    const holds = [1, 2].map((study) => {
      files.now += minute;
      files.store(nameOf(study, 1, 1), 0.6 * mebibyte);
      return cache.hold('default', nameOf(study, 1, 1).study);
    });
    expect(await cache.evict()).toEqual({ studies: 0, bytes: 0 });
    holds[1]![Symbol.dispose]();
    await vi.waitFor(() => {
      expect(studiesOf(cache)).toEqual(['1.2.1']);
    });
  });

  test('no limit means none', async () => {
    const cache = await files.open({ maxSizeInMb: 0 });
    files.store(nameOf(1, 1, 1), 2 * mebibyte);
    expect(await cache.evict()).toEqual({ studies: 0, bytes: 0 });
  });
});

describe('a study that is held', () => {
  test('stays until every hold is given up, each of which counts once', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    const { study } = files.store(nameOf(1, 1, 1));
    const [first, second] = [cache.hold('default', study), cache.hold('default', study)];
    const later = (): number => files.now + 61 * minute;
    expect(await cache.evict(later())).toMatchObject({ studies: 0 });
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(await cache.evict(later())).toMatchObject({ studies: 0 });
    second[Symbol.dispose]();
    expect(await cache.evict(later())).toMatchObject({ studies: 1 });
  });

  test('does not keep others from leaving, however many are held', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    for (let study = 1; study <= 150; study++) files.store(nameOf(study, 1, 1), 10);
    const holds = Array.from({ length: 100 }, (_, i) => cache.hold('default', nameOf(i + 1, 1, 1).study));
    expect(await cache.evict(files.now + 61 * minute)).toMatchObject({ studies: 50 });
    expect(cache.statistics().studies).toBe(100);
    for (const hold of holds) hold[Symbol.dispose]();
  });

  test('is another one in another archive', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    const { study } = files.store(nameOf(1, 1, 1, 'other'));
    const hold = cache.hold('default', study);
    expect(await cache.evict(files.now + 61 * minute)).toMatchObject({ studies: 1 });
    hold[Symbol.dispose]();
  });
});

test('runs that overlap evict each study once', async () => {
  const cache = await files.open({ maxAgeInMin: 60 });
  for (let study = 1; study <= 20; study++) files.store(nameOf(study, 1, 1));
  const later = files.now + 61 * minute;
  const runs = await Promise.all([cache.evict(later), cache.evict(later), cache.evict(later)]);
  expect(runs.map(({ studies }) => studies)).toEqual([20, 0, 0]);
});

test('closing in the middle of an eviction waits for it and leaves a cache that opens', async () => {
  let cache = await files.open({ maxAgeInMin: 60 });
  for (let study = 1; study <= 100; study++) files.store(nameOf(study, 1, 1));
  const run = cache.evict(files.now + 61 * minute);
  await new Promise(setImmediate);
  await cache.close();
  const { studies } = await run;
  expect(studies).toBeLessThan(100);
  cache = await files.open({ maxAgeInMin: 60 });
  expect(cache.statistics()).toMatchObject({ studies: 100 - studies, instances: 100 - studies });
  expect(files.logger.entries.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});
