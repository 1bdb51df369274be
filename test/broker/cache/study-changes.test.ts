import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import { nameOf, TestCache } from './cached-files.ts';

let files: TestCache;
let cache: Cache;
let told: string[];

beforeEach(async () => {
  files = new TestCache();
  cache = await files.open();
  told = [];
  cache.onStudyChange((archive, study) => told.push(`${archive}/${study}`));
});
afterEach(() => files.remove());

const studyOf = (study: number) => nameOf(study, 1, 1).study;

async function toldAfter(change: () => unknown): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  told = [];
  await change();
  await vi.waitFor(
    () => {
      expect(told.length).toBeGreaterThan(0);
    },
    { timeout: 5_000 },
  );
  return told;
}

describe('who listens to the cache', () => {
  test('is told of a study that comes, grows, is complete, is pinned, and leaves', async () => {
    const study = studyOf(1);
    expect(await toldAfter(() => files.store(nameOf(1, 1, 1)))).toEqual(['default/1.2.1']);
    expect(await toldAfter(() => files.store(nameOf(1, 1, 2)))).toEqual(['default/1.2.1']);
    const complete = () => {
      cache.markComplete('default', { level: 'study', study }, 2);
    };
    expect(await toldAfter(complete)).toEqual(['default/1.2.1']);
    const pin = () => {
      cache.pin('default', study, true);
    };
    expect(await toldAfter(pin)).toEqual(['default/1.2.1']);
    expect(await toldAfter(() => cache.remove('default', study))).toEqual(['default/1.2.1']);
  });

  test('is told of a study once, however many instances of it come at once', async () => {
    const all = await toldAfter(() => {
      for (let instance = 1; instance <= 500; instance++) {
        files.store(nameOf(1 + (instance % 2), 1, instance), 10);
      }
    });
    expect(all.toSorted()).toEqual(['default/1.2.1', 'default/1.2.2']);
  });

  test('is told no more once it has been taken off, and one that fails harms nobody', async () => {
    const others: string[] = [];
    const off = cache.onStudyChange((_archive, study) => others.push(study));
    cache.onStudyChange(() => {
      throw new Error('out of order');
    });
    await toldAfter(() => files.store(nameOf(1, 1, 1)));
    off();
    await toldAfter(() => files.store(nameOf(2, 1, 1)));
    expect(others).toEqual(['1.2.1']);
    expect(files.logger.entries.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});
