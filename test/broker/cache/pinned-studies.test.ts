import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cache, type PinFill } from '../../../broker/cache/cache.ts';
import { pinFillReport } from '../../../broker/cache/pin-limit.ts';
import { minute, nameOf, TestCache } from './cached-files.ts';

const mebibyte = 1024 * 1024;
let files: TestCache;

beforeEach(() => {
  files = new TestCache();
});
afterEach(() => files.remove());

const studyOf = (study: number) => nameOf(study, 1, 1).study;

function studiesOf(cache: Cache): string[] {
  return [...cache.studies()].map(({ study }) => study);
}

describe('a pinned study', () => {
  test('stays however old it is, and leaves once it is unpinned', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    const stored = [1, 2].map((study) => files.store(nameOf(study, 1, 1)));
    cache.pin('default', studyOf(1), true);
    files.now += 1000 * minute;
    expect(await cache.evict()).toMatchObject({ studies: 1 });
    expect(stored.map(({ path }) => existsSync(path))).toEqual([true, false]);
    cache.pin('default', studyOf(1), false);
    expect(await cache.evict()).toMatchObject({ studies: 1 });
    expect(studiesOf(cache)).toEqual([]);
  });

  test('stays when the cache is full, and others leave in its stead', async () => {
    const cache = await files.open({ maxSizeInMb: 3 });
    for (const study of [1, 2, 3]) {
      files.store(nameOf(study, 1, 1), mebibyte);
      files.now += minute;
    }
    cache.pin('default', studyOf(1), true);
    await cache.evict();
    expect(studiesOf(cache)).toEqual(['1.2.1', '1.2.3']);
  });

  test('is pinned still after a restart', async () => {
    let cache = await files.open({ maxAgeInMin: 60 });
    files.store(nameOf(1, 1, 1));
    files.store(nameOf(2, 1, 1));
    cache.pin('default', studyOf(1), true);
    files.now += 1000 * minute;
    cache = await files.open({ maxAgeInMin: 60 });
    await cache.evict();
    expect(studiesOf(cache)).toEqual(['1.2.1']);
    expect(cache.catalogue.study('default', studyOf(1))?.isPinned).toBe(true);
  });

  test('is one of its archive alone', async () => {
    const cache = await files.open({ maxAgeInMin: 60 });
    files.store(nameOf(1, 1, 1));
    files.store(nameOf(1, 1, 1, 'other'));
    cache.pin('other', studyOf(1), true);
    expect(cache.catalogue.isPinned('default', studyOf(1))).toBe(false);
    expect(cache.catalogue.isPinned('other', studyOf(1))).toBe(true);
  });

  test('can be removed, and is not pinned when it comes again unless that is said', async () => {
    const cache = await files.open();
    for (const staysPinned of [true, false]) {
      files.store(nameOf(1, 1, 1));
      cache.pin('default', studyOf(1), true);
      await cache.remove('default', studyOf(1), { staysPinned });
      files.store(nameOf(1, 1, 1));
      expect(cache.catalogue.isPinned('default', studyOf(1))).toBe(staysPinned);
    }
  });

  test('has to be there', async () => {
    const cache = await files.open();
    expect(() => {
      cache.pin('default', studyOf(1), true);
    }).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  });
});

describe('pinned studies that fill the cache', () => {
  test('are told in the log and to who asks, once, and when it is over', async () => {
    const fills: PinFill[] = [];
    await using open = { cache: await openWith(fills), [Symbol.asyncDispose]: () => open.cache.close() };
    const { cache } = open;
    for (const study of [1, 2]) cache.add(storedOf(study));
    cache.pin('default', studyOf(1), true);
    expect(fills).toEqual([]);
    cache.pin('default', studyOf(2), true);
    await cache.evict();
    expect(fills).toMatchObject([{ isFull: true, studies: 2, bytes: 2 * mebibyte, maxBytes: 2 * mebibyte }]);
    expect(pinFillReport(fills[0]!)).toMatchObject({
      state: 'limited',
      reason: expect.stringContaining('2 of the 2 MB') as string,
    });
    expect(files.logger.entries.filter(({ level }) => level === 'warn')).toHaveLength(1);
    cache.pin('default', studyOf(1), false);
    expect(fills.map(({ isFull }) => isFull)).toEqual([true, false]);
    expect(pinFillReport(fills[1]!)).toEqual({ state: 'working' });
  });

  test('are told again at the next start', async () => {
    const first = await openWith([]);
    for (const study of [1, 2]) first.add(files.store(nameOf(study, 1, 1), mebibyte));
    for (const study of [1, 2]) first.pin('default', studyOf(study), true);
    await first.close();
    const fills: PinFill[] = [];
    const second = await openWith(fills);
    await second.close();
    expect(fills).toMatchObject([{ isFull: true, studies: 2 }]);
  });

  function openWith(fills: PinFill[]): Promise<Cache> {
    return Cache.open({
      directory: files.directory,
      maxAgeInMin: 60,
      maxSizeInMb: 2,
      logger: files.logger,
      onPinFill: (fill) => fills.push(fill),
    });
  }

  function storedOf(study: number) {
    const rest = { sopClassUid: '1.2', transferSyntaxUid: '1.2', dataSetOffset: 0, crc32: 0, path: '' };
    return { ...nameOf(study, 1, 1), ...rest, size: mebibyte };
  }
});
