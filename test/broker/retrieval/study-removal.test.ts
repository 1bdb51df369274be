import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../broker/domain/resource.ts';
import { StudyRemoval } from '../../../broker/retrieval/study-removal.ts';
import { recordedLog } from '../../support/query-archive.ts';
import { type Bench, instances, startBench, study } from './fake-archive.ts';

const whole: Resource = { level: 'study', study };
const never = new AbortController().signal;

function removalOf({ cache, retrieval }: Bench, patienceMs = 200): StudyRemoval {
  return new StudyRemoval({ cache, retrieval, logger: recordedLog().logger, patienceMs });
}

async function retrieved(bench: Bench): Promise<void> {
  using opened = await bench.retrieval.open(bench.source, whole, never);
  for await (const _ of opened.instances) continue;
}

async function until(holds: () => boolean): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > limit) throw new Error('It does not come to pass.');
    await sleep(10);
  }
}

describe('a removed study', () => {
  it('is gone from the cache and the disk', async () => {
    await using bench = await startBench(instances(3));
    await retrieved(bench);
    const paths = bench.cache.find('default', whole).map(({ path }) => path);
    await removalOf(bench).remove('default', study, never);
    expect(bench.cache.hasStudy('default', study)).toBe(false);
    expect(paths.map((path) => existsSync(path))).toEqual([false, false, false]);
  });

  it('that is not there is an error that says so', async () => {
    await using bench = await startBench(instances(3));
    await expect(removalOf(bench).remove('default', study, never)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(removalOf(bench).fetchAgain(bench.source, study, never)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(bench.targets).toEqual([]);
  });

  it('is sent to its end to clients that read it, then it goes', async () => {
    await using bench = await startBench(instances(3));
    await retrieved(bench);
    const reading = bench.cache.hold('default', study);
    const removed = removalOf(bench, 5_000).remove('default', study, never);
    await sleep(50);
    expect(bench.cache.hasStudy('default', study)).toBe(true);
    reading[Symbol.dispose]();
    await removed;
    expect(bench.cache.hasStudy('default', study)).toBe(false);
  });

  it('that clients read for too long stays, and the error says what to do', async () => {
    await using bench = await startBench(instances(3));
    await retrieved(bench);
    bench.cache.pin('default', study, true);
    using _reading = bench.cache.hold('default', study);
    await expect(removalOf(bench, 30).remove('default', study, never)).rejects.toMatchObject({
      code: 'busy',
      remedy: expect.stringContaining('viewers') as string,
    });
    expect(bench.cache.find('default', whole)).toHaveLength(3);
    expect(bench.cache.catalogue.isPinned('default', study)).toBe(true);
  });

  it('that is being received is cancelled first, and what was on its way does not bring it back', async () => {
    await using bench = await startBench(instances(4));
    const [first, second] = bench.has;
    bench.play = async ({ order, send }) => {
      await send([first!]);
      await new Promise((resolve) => order.signal?.addEventListener('abort', resolve));
      setTimeout(() => void send([second!]), 100);
      return { status: 0xfe00, completed: 1, failed: 0 };
    };
    const client = retrieved(bench).then(
      () => 'complete',
      (thrown: unknown) => thrown,
    );
    await until(() => bench.cache.hasStudy('default', study));
    await removalOf(bench).remove('default', study, never);
    expect(await client).toMatchObject({ code: 'cancelled' });
    expect(bench.ended).toMatchObject([{ state: 'cancelled' }]);
    expect(bench.cache.statistics()).toMatchObject({ studies: 0, instances: 0 });
  });
});

describe('a study that is fetched again', () => {
  it('comes again from the archive, and stays pinned', async () => {
    await using bench = await startBench(instances(3));
    await retrieved(bench);
    bench.cache.pin('default', study, true);
    bench.has = instances(5);
    await removalOf(bench).fetchAgain(bench.source, study, never);
    await until(() => bench.ended.length === 2);
    expect(bench.cache.find('default', whole)).toHaveLength(5);
    expect(bench.cache.isComplete('default', whole)).toBe(true);
    expect(bench.cache.catalogue.isPinned('default', study)).toBe(true);
  });

  it('stays where the archive does not have it any more, or cannot be asked', async () => {
    await using bench = await startBench(instances(3));
    await retrieved(bench);
    bench.has = [];
    const removal = removalOf(bench);
    await expect(removal.fetchAgain(bench.source, study, never)).rejects.toMatchObject({ code: 'not-found' });
    bench.list = () => Promise.reject(new Error('no route'));
    await expect(removal.fetchAgain(bench.source, study, never)).rejects.toThrow('no route');
    expect(bench.cache.find('default', whole)).toHaveLength(3);
  });

  it('is waited for where the archive takes its time', async () => {
    await using bench = await startBench(instances(2), { firstInstanceTimeoutMs: 50 });
    await retrieved(bench);
    bench.play = async ({ send }) => {
      await sleep(300);
      await send();
      return { completed: 2, failed: 0 };
    };
    await removalOf(bench).fetchAgain(bench.source, study, never);
    await until(() => bench.ended.length === 2);
    expect(bench.ended.at(-1)).toMatchObject({ state: 'complete', received: 2 });
  });
});

describe('clearing', () => {
  it('leaves what is in use, and what is pinned unless that is to go too', async () => {
    await using bench = await startBench([]);
    for (const number of [1, 2, 3]) {
      const [one] = instances(1);
      await bench.store({ ...one!, study: `1.2.3.${number}` as typeof study });
    }
    const [used, pinned, other] = [...bench.cache.studies()].map((one) => one.study);
    bench.cache.pin('default', pinned!, true);
    const reading = bench.cache.hold('default', used!);
    const removal = removalOf(bench);
    const clear = (withPinned: boolean) => removal.clear({ withPinned, signal: never });
    expect(await clear(false)).toEqual({ removed: 1, kept: 2 });
    expect(bench.cache.hasStudy('default', other!)).toBe(false);
    reading[Symbol.dispose]();
    expect(await clear(false)).toEqual({ removed: 1, kept: 1 });
    expect(await clear(true)).toEqual({ removed: 1, kept: 0 });
    expect(bench.cache.statistics()).toMatchObject({ studies: 0, bytes: 0 });
  });
});
