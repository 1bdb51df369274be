import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import { studyPath } from '../../../broker/cache/instance-path.ts';
import type { InstanceName } from '../../../broker/cache/stored-instance.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import { minute, nameOf, TestCache } from './cached-files.ts';

let files: TestCache;
let cache: Cache;

beforeEach(async () => {
  files = new TestCache();
  cache = await files.open();
});
afterEach(() => files.remove());

const studyOf = ({ study }: InstanceName): Resource => ({ level: 'study', study });
const seriesOf = ({ study, series }: InstanceName): Resource => ({ level: 'series', study, series });
const instanceOf = ({ study, series, instance }: InstanceName): Resource => ({
  level: 'instance',
  study,
  series,
  instance,
});

describe('instances', () => {
  test('are found at once, by study, series and instance, in the order of arrival', () => {
    const names = [
      nameOf(1, 2, 9),
      nameOf(1, 1, 5),
      nameOf(1, 2, 1),
      nameOf(2, 1, 1),
      nameOf(1, 1, 1, 'other'),
    ];
    const [a, b, c] = names.map((name) => files.store(name));
    const found = (resource: Resource): string[] => cache.find('default', resource).map(({ path }) => path);
    expect(found(studyOf(names[0]!))).toEqual([a!.path, b!.path, c!.path]);
    expect(found(seriesOf(names[0]!))).toEqual([a!.path, c!.path]);
    expect(found(instanceOf(names[1]!))).toEqual([b!.path]);
    expect(found(studyOf(nameOf(7, 1, 1)))).toEqual([]);
    expect(found(instanceOf(nameOf(7, 1, 1)))).toEqual([]);
  });

  test('come back as they were added', () => {
    const stored = files.store(nameOf(1, 1, 1));
    const { archive, study, series, instance } = stored;
    expect(cache.has(archive, study, series, instance)).toEqual({ ...stored, arrival: 1 });
    expect(cache.has('other', study, series, instance)).toBeUndefined();
  });

  test('that arrive again replace what was there, and are counted once', () => {
    files.store(nameOf(1, 1, 1), 100);
    files.store(nameOf(1, 1, 2), 100);
    const again = files.store(nameOf(1, 1, 1), 3000);
    const second = cache.find('default', instanceOf(nameOf(1, 1, 2)))[0]!;
    expect(cache.find('default', studyOf(again)).map(({ path }) => path)).toEqual([second.path, again.path]);
    expect(cache.statistics()).toMatchObject({ studies: 1, instances: 2, bytes: second.size + again.size });
  });

  test('of more than one batch are all there', () => {
    for (let i = 1; i <= 700; i++) files.store(nameOf(1, 1, i), 10);
    expect(cache.find('default', studyOf(nameOf(1, 1, 1)))).toHaveLength(700);
    expect(cache.statistics().instances).toBe(700);
  });
});

describe('completeness', () => {
  test('of a study holds for what is there of it', () => {
    files.store(nameOf(1, 1, 1));
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(false);
    cache.markComplete('default', studyOf(nameOf(1, 1, 1)), 1);
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(true);
    expect(cache.isComplete('default', seriesOf(nameOf(1, 1, 1)))).toBe(true);
    expect(cache.isComplete('default', seriesOf(nameOf(1, 2, 1)))).toBe(false);
    expect(cache.isComplete('default', instanceOf(nameOf(1, 1, 2)))).toBe(false);
    expect(cache.isComplete('other', studyOf(nameOf(1, 1, 1)))).toBe(false);
  });

  test('of a series says nothing about its study', () => {
    files.store(nameOf(1, 1, 1));
    files.store(nameOf(1, 2, 1));
    cache.markComplete('default', seriesOf(nameOf(1, 1, 1)), 1);
    expect(cache.isComplete('default', seriesOf(nameOf(1, 1, 1)))).toBe(true);
    expect(cache.isComplete('default', seriesOf(nameOf(1, 2, 1)))).toBe(false);
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(false);
  });

  test('of an instance needs no mark', () => {
    files.store(nameOf(1, 1, 1));
    expect(cache.isComplete('default', instanceOf(nameOf(1, 1, 1)))).toBe(true);
  });

  test('stays when an instance is added', () => {
    files.store(nameOf(1, 1, 1));
    cache.markComplete('default', studyOf(nameOf(1, 1, 1)), 1);
    files.store(nameOf(1, 1, 2));
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(true);
  });

  test('of nothing at all is not believed', () => {
    cache.markComplete('default', studyOf(nameOf(1, 1, 1)), 0);
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(false);
  });

  test('survives a restart', async () => {
    files.store(nameOf(1, 1, 1));
    files.store(nameOf(2, 1, 1));
    cache.markComplete('default', studyOf(nameOf(1, 1, 1)), 1);
    cache.markComplete('default', seriesOf(nameOf(2, 1, 1)), 1);
    cache = await files.open();
    expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(true);
    expect(cache.isComplete('default', seriesOf(nameOf(2, 1, 1)))).toBe(true);
    expect(cache.isComplete('default', studyOf(nameOf(2, 1, 1)))).toBe(false);
  });
});

describe('discard', () => {
  test('drops file and row, and what they made complete, but no more', async () => {
    const bad = files.store(nameOf(1, 1, 1));
    const good = files.store(nameOf(1, 2, 1));
    cache.markComplete('default', studyOf(bad), 2);
    cache.markComplete('default', seriesOf(bad), 1);
    cache.markComplete('default', seriesOf(good), 1);
    cache.discard(bad, 'CRC-32 differs');
    expect(existsSync(bad.path)).toBe(false);
    expect(existsSync(good.path)).toBe(true);
    expect(cache.find('default', studyOf(bad)).map(({ path }) => path)).toEqual([good.path]);
    expect(cache.isComplete('default', studyOf(bad))).toBe(false);
    expect(cache.isComplete('default', seriesOf(bad))).toBe(false);
    expect(cache.isComplete('default', seriesOf(good))).toBe(true);
    expect(cache.statistics()).toMatchObject({ studies: 1, instances: 1, bytes: good.size });
    files.store(nameOf(1, 1, 1));
    expect(cache.isComplete('default', seriesOf(bad))).toBe(false);
    await cache.close();
  });

  test('of the last instance drops the study', () => {
    const only = files.store(nameOf(1, 1, 1));
    cache.markComplete('default', studyOf(only), 1);
    cache.discard(only, 'gone');
    expect(cache.statistics()).toEqual({ studies: 0, instances: 0, bytes: 0, oldestUse: undefined });
    files.store(nameOf(1, 1, 1));
    expect(cache.isComplete('default', studyOf(only))).toBe(false);
  });

  test('leaves an instance alone that has arrived anew meanwhile', () => {
    files.store(nameOf(1, 1, 1), 100);
    const seen = cache.find('default', studyOf(nameOf(1, 1, 1)))[0]!;
    const fresh = files.store(nameOf(1, 1, 1), 200);
    cache.discard(seen, 'size differs');
    expect(existsSync(fresh.path)).toBe(true);
    expect(cache.find('default', studyOf(fresh))).toMatchObject([{ size: fresh.size }]);
  });

  test('removes the file of the instance, whatever path it is given', () => {
    const stored = files.store(nameOf(1, 1, 1));
    const other = files.store(nameOf(2, 1, 1));
    cache.discard({ ...stored, path: other.path }, 'damaged');
    expect(existsSync(other.path)).toBe(true);
    expect(existsSync(stored.path)).toBe(false);
  });

  test('of one that is not there clears the marks', () => {
    const gone = files.store(nameOf(1, 1, 1));
    files.store(nameOf(1, 1, 2));
    cache.markComplete('default', studyOf(gone), 2);
    cache.discard(gone, 'gone');
    cache.markComplete('default', studyOf(gone), 2);
    cache.discard(gone, 'still gone');
    expect(cache.isComplete('default', studyOf(gone))).toBe(false);
    expect(cache.statistics().instances).toBe(1);
  });
});

describe('remove', () => {
  test('takes a whole study of one archive', async () => {
    const mine = files.store(nameOf(1, 1, 1));
    const theirs = files.store(nameOf(1, 1, 1, 'other'));
    cache.markComplete('default', studyOf(mine), 1);
    await cache.remove('default', mine.study);
    expect(existsSync(studyPath(files.directory, 'default', mine.study))).toBe(false);
    expect(cache.find('default', studyOf(mine))).toEqual([]);
    expect(cache.isComplete('default', studyOf(mine))).toBe(false);
    expect(cache.find('other', studyOf(theirs))).toHaveLength(1);
    expect(cache.statistics()).toMatchObject({ studies: 1, instances: 1, bytes: theirs.size });
  });

  test('refuses a study that is in use', async () => {
    const stored = files.store(nameOf(1, 1, 1));
    const hold = cache.hold('default', stored.study);
    await expect(cache.remove('default', stored.study)).rejects.toMatchObject({ code: 'busy' });
    hold[Symbol.dispose]();
    await cache.remove('default', stored.study);
    expect(cache.statistics().studies).toBe(0);
  });

  test('of what is not there does nothing', async () => {
    await cache.remove('default', nameOf(1, 1, 1).study);
    expect(cache.statistics().studies).toBe(0);
  });
});

describe('studies and statistics', () => {
  test('tell what there is and when it was used', () => {
    const first = files.store(nameOf(1, 1, 1));
    files.now += minute;
    const second = files.store(nameOf(2, 1, 1), 5000);
    const third = files.store(nameOf(1, 1, 1, 'other'));
    files.now += minute;
    cache.touch('default', first.study);
    expect([...cache.studies()]).toEqual([
      { archive: 'default', study: first.study, instances: 1, bytes: first.size, lastUsedAt: files.now },
      {
        archive: 'default',
        study: second.study,
        instances: 1,
        bytes: second.size,
        lastUsedAt: files.now - minute,
      },
      {
        archive: 'other',
        study: third.study,
        instances: 1,
        bytes: third.size,
        lastUsedAt: files.now - minute,
      },
    ]);
    expect(cache.statistics()).toEqual({
      studies: 3,
      instances: 3,
      bytes: first.size + second.size + third.size,
      oldestUse: files.now - minute,
    });
  });

  test('list every study, however many there are and whatever is removed meanwhile', async () => {
    for (let i = 1; i <= 150; i++) files.store(nameOf(i, 1, 1), 10);
    const seen: string[] = [];
    for (const { archive, study } of cache.studies()) {
      seen.push(study);
      await cache.remove(archive, study);
    }
    expect(new Set(seen).size).toBe(150);
    expect(cache.statistics().studies).toBe(0);
  });
});

test('closing writes what was added, and what comes later is ignored', async () => {
  const stored = files.store(nameOf(1, 1, 1));
  const bytes = readFileSync(stored.path);
  await cache.close();
  cache.add(stored);
  cache.touch('default', stored.study);
  cache = await files.open();
  expect(files.logger.entries.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  expect(cache.has('default', stored.study, stored.series, stored.instance)).toMatchObject({
    crc32: stored.crc32,
  });
  expect(readFileSync(stored.path)).toEqual(bytes);
});
