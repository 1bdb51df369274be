import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BrokerError, toBrokerError } from '../../../broker/domain/errors.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import type { Opened } from '../../../broker/retrieval/retrieval.ts';
import { type Bench, instances, startBench, study, uid } from './fake-archive.ts';

const whole: Resource = { level: 'study', study };
const series = (number: number): Resource => ({ level: 'series', study, series: uid(`1.2.3.${number}`) });
const never = new AbortController().signal;

interface Got {
  readonly kind: Opened['kind'];
  readonly count: number;
  readonly error: BrokerError | undefined;
}

async function get({ retrieval, source }: Bench, resource = whole, signal = never): Promise<Got> {
  using opened = await retrieval.open(source, resource, signal);
  let count = 0;
  try {
    for await (const instance of opened.instances) count += instance.size > 0 ? 1 : 0;
  } catch (thrown) {
    return { kind: opened.kind, count, error: toBrokerError(thrown) };
  }
  return { kind: opened.kind, count, error: undefined };
}

async function failure(promise: Promise<unknown>): Promise<BrokerError> {
  return toBrokerError(
    await promise.then(
      () => new Error('It did not fail.'),
      (thrown: unknown) => thrown,
    ),
  );
}

async function isFree({ cache, retrieval }: Bench): Promise<boolean> {
  if (retrieval.progress.length > 0) return false;
  await cache.remove('default', study);
  return true;
}

describe('a retrieval', () => {
  it('gives all, then from the cache, and lets go of everything', async () => {
    await using bench = await startBench(instances(5, 2));
    expect(await get(bench)).toEqual({ kind: 'arriving', count: 5, error: undefined });
    await sleep(10);
    expect(await get(bench)).toEqual({ kind: 'complete', count: 5, error: undefined });
    expect(await get(bench, series(1))).toEqual({ kind: 'complete', count: 3, error: undefined });
    expect(bench.targets).toEqual([{ resource: whole }]);
    expect(bench.ended).toMatchObject([{ state: 'complete', received: 5, expected: 5, attempt: 1 }]);
    expect(bench.expectations).toBe(0);
    expect(await isFree(bench)).toBe(true);
  });

  it('asks what there is when it is its turn, not while it waits behind others', async () => {
    await using bench = await startBench(instances(4, 2));
    const turn = Promise.withResolvers<undefined>();
    bench.turn = turn.promise;
    const getting = get(bench, series(1));
    await sleep(20);
    expect(bench.listings).toEqual([]);
    turn.resolve(undefined);
    expect(await getting).toEqual({ kind: 'arriving', count: 2, error: undefined });
    expect(bench.listings).toEqual([series(1)]);
  });

  it('is one for 64 clients, whatever part they ask for', async () => {
    await using bench = await startBench(instances(6, 2));
    const asked = Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? whole : series(2)));
    const got = await Promise.all(asked.map((resource) => get(bench, resource)));
    expect(got.map(({ count }) => count)).toEqual(asked.map(({ level }) => (level === 'study' ? 6 : 3)));
    expect(bench.targets).toHaveLength(1);
    expect(bench.listings).toHaveLength(1);
  });

  it('compares a cached study with the archive once for all who ask, and fetches what was added', async () => {
    await using bench = await startBench(instances(3), { recheckAfterMs: 0 });
    await get(bench);
    await sleep(10);
    bench.has = instances(4);
    const got = await Promise.all(Array.from({ length: 16 }, () => get(bench)));
    expect(got.every(({ count, error }) => count === 4 && error === undefined)).toBe(true);
    expect(bench.targets.slice(1)).toEqual([{ resource: series(1), instances: ['1.2.3.1.4'] }]);
    // The first, the comparison, and the one of the retrieval that followed.
    expect(bench.listings).toHaveLength(3);
  });

  it('sends the cached study where the archive does not say whether it has grown', async () => {
    await using bench = await startBench(instances(3), { recheckAfterMs: 0 });
    await get(bench);
    await sleep(10);
    bench.list = () => Promise.reject(new BrokerError('archive-unreachable', 'Nobody there.'));
    expect(await get(bench)).toMatchObject({ kind: 'complete', count: 3 });
  });

  it('leaves out of a study what another retrieval is bringing, and waits for that', async () => {
    await using bench = await startBench(instances(6, 2));
    const go = Promise.withResolvers<undefined>();
    bench.play = async ({ index, send, wanted }) => {
      if (index === 0) await go.promise;
      await send();
      return { completed: wanted.length };
    };
    const part = get(bench, series(1));
    await sleep(5);
    const all = get(bench);
    await sleep(30);
    go.resolve(undefined);
    expect((await part).count).toBe(3);
    expect(await all).toMatchObject({ count: 6, error: undefined });
    expect(bench.targets).toEqual([{ resource: series(1) }, { resource: series(2) }]);
  });

  it('asks itself for a part that the other retrieval failed to bring', async () => {
    await using bench = await startBench(instances(6, 2));
    const go = Promise.withResolvers<undefined>();
    bench.play = async ({ index, send, wanted }) => {
      if (index === 0) {
        await go.promise;
        throw new BrokerError('archive-refused', 'No.', { dimseStatus: 0xc001 });
      }
      await send();
      return { completed: wanted.length };
    };
    const part = failure(get(bench, series(1)));
    await sleep(5);
    const all = get(bench);
    await sleep(30);
    go.resolve(undefined);
    expect((await part).code).toBe('archive-refused');
    expect(await all).toMatchObject({ count: 6, error: undefined });
    expect(bench.targets.map(({ resource }) => resource)).toEqual([series(1), series(2), series(1)]);
  });
});

describe('late and missing instances', () => {
  it('are awaited after the end, and asked for again alone', async () => {
    await using bench = await startBench(instances(4, 2));
    bench.play = async ({ index, send, wanted }) => {
      if (index === 0) {
        await send(wanted.slice(0, 1));
        void sleep(60).then(() => send(wanted.slice(1, 2)));
        return {};
      }
      await send();
      return { completed: wanted.length };
    };
    expect(await get(bench)).toMatchObject({ count: 4, error: undefined });
    expect(bench.targets.slice(1)).toEqual([
      { resource: series(1), instances: ['1.2.3.1.3'] },
      { resource: series(2), instances: ['1.2.3.2.4'] },
    ]);
  });

  it('are asked for after the delay where nothing new came: told to who waits, 206 to who comes', async () => {
    await using bench = await startBench(instances(3));
    bench.play = async ({ index, send, wanted }) => {
      if (index === 0) await send(wanted.slice(0, 2));
      if (index === 2) await send();
      return { completed: index === 0 ? 2 : 0, failed: 1, status: 0xb000 };
    };
    const first = await get(bench);
    expect(first).toMatchObject({ count: 2, error: { code: 'instances-missing' } });
    expect(first.error?.message).toMatch(/sent 2 instances.*1 are missing.*0xB000/);
    expect(await get(bench)).toMatchObject({ kind: 'partial', count: 2 });
    await sleep(250);
    expect(await get(bench)).toMatchObject({ count: 3, error: undefined });
    expect(bench.targets).toHaveLength(3);
  });

  it('pass where they are ignored, if there is anything at all', async () => {
    await using bench = await startBench(instances(3), { ignoreMissing: true });
    bench.play = async ({ send, wanted }) => {
      await send(wanted.slice(0, 2));
      return { completed: 2 };
    };
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
    expect(bench.targets).toHaveLength(1);
  });

  it('are counted by the archive where it does not list', async () => {
    await using bench = await startBench(instances(3));
    bench.list = () => Promise.reject(new BrokerError('archive-refused', 'No C-FIND.'));
    expect(await get(bench)).toMatchObject({ count: 3, error: undefined });
    await sleep(10);
    expect(await get(bench)).toMatchObject({ kind: 'complete', count: 3 });
    expect(bench.listings).toHaveLength(1);
  });

  it('are not guessed at without a list and without counts: it is not marked as whole', async () => {
    await using bench = await startBench(instances(3));
    bench.list = () => Promise.reject(new BrokerError('archive-refused', 'No C-FIND.'));
    bench.play = async ({ send }) => {
      await send();
      return {};
    };
    expect(await get(bench)).toMatchObject({ count: 3, error: undefined });
    expect(bench.cache.isComplete('default', whole)).toBe(false);
  });

  it('end it after the last attempt', async () => {
    await using bench = await startBench(instances(2), { maxAttempts: 2, retryDelayMs: 20 });
    bench.play = async ({ index, send, wanted }) => {
      if (index === 0) await send(wanted.slice(0, 1));
      return { completed: 0 };
    };
    expect((await get(bench)).error?.code).toBe('instances-missing');
    expect(bench.ended).toMatchObject([{ state: 'incomplete', received: 1, expected: 2, attempt: 2 }]);
    expect(await isFree(bench)).toBe(true);
  });

  it('do not matter where silence is never measured: no late-arrival time breaks no C-MOVE', async () => {
    await using bench = await startBench(instances(3), { lateArrivalMs: 0 });
    bench.play = async ({ order, send, wanted }) => {
      for (const one of wanted) {
        await send([one]);
        await sleep(60, undefined, { signal: order.signal ?? never });
      }
      return { completed: 3 };
    };
    expect(await get(bench)).toMatchObject({ count: 3, error: undefined });
    expect(bench.targets).toHaveLength(1);
  });

  it('include what was damaged meanwhile, which is no lack of progress', async () => {
    await using bench = await startBench(instances(3), { retryDelayMs: 60_000 });
    bench.play = async ({ index, send, wanted }) => {
      await send();
      const [one] = bench.cache.find('default', whole);
      if (index === 0 && one !== undefined) {
        bench.cache.discard(one, 'a test');
        bench.retrieval.lost(one);
        await send(wanted.slice(0, 0));
      }
      return { completed: wanted.length };
    };
    expect((await get(bench)).error).toBeUndefined();
    await sleep(20);
    expect(bench.cache.find('default', whole)).toHaveLength(3);
  });
});

describe('failures', () => {
  it.each([
    ['archive-unreachable', undefined],
    ['association-rejected', undefined],
    ['archive-timeout', undefined],
    ['archive-refused', 0xa801],
  ] as const)('%s %s is told at once, and the next request asks anew', async (code, dimseStatus) => {
    await using bench = await startBench(instances(2));
    const fault = new BrokerError(code, 'It failed.', dimseStatus === undefined ? {} : { dimseStatus });
    const { play } = bench;
    bench.play = () => Promise.reject(fault);
    expect(await failure(get(bench))).toBe(fault);
    bench.play = play;
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
    expect(bench.targets).toHaveLength(2);
  });

  it('0xA700: 503 to who waits and who comes, with the time to come back, and another try', async () => {
    await using bench = await startBench(instances(2));
    const { play } = bench;
    bench.play = async (asked) => {
      if (asked.index > 0) return play(asked);
      throw new BrokerError('archive-refused', 'Full.', { dimseStatus: 0xa700, remedy: 'Wait.' });
    };
    const first = await failure(get(bench));
    expect(first).toMatchObject({
      code: 'retrieve-pending',
      retryAfterInSecs: 1,
      dimseStatus: 0xa700,
      remedy: 'Wait.',
    });
    expect(await failure(get(bench))).toMatchObject({ code: 'retrieve-pending', retryAfterInSecs: 7 });
    await sleep(250);
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
  });

  it('nothing there: not found, also where the archive calls that a failure', async () => {
    await using bench = await startBench([]);
    expect((await failure(get(bench))).code).toBe('not-found');
    bench.play = () => Promise.reject(new BrokerError('archive-refused', 'Hm.', { dimseStatus: 0xc001 }));
    expect((await failure(get(bench))).code).toBe('not-found');
    bench.play = () => Promise.resolve({});
    const start = performance.now();
    expect((await failure(get(bench))).code).toBe('not-found');
    expect(performance.now() - start).toBeLessThan(100);
  });

  it('a connection that breaks is tried again once at once, and does not matter once all is there', async () => {
    await using bench = await startBench(instances(2));
    bench.play = () => Promise.reject(new BrokerError('association-aborted', 'Gone.'));
    expect((await failure(get(bench))).code).toBe('association-aborted');
    expect(bench.targets).toHaveLength(2);
    bench.play = async ({ send }) => {
      await send();
      throw new BrokerError('association-aborted', 'Gone.');
    };
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
    expect(bench.targets).toHaveLength(3);
    expect(bench.cache.isComplete('default', whole)).toBe(true);
  });
});

describe('waiting', () => {
  it('a first instance that takes long: come back later, and the retrieval goes on for that long', async () => {
    await using bench = await startBench(instances(2), { firstInstanceTimeoutMs: 50 });
    const go = Promise.withResolvers<undefined>();
    bench.play = async ({ send }) => {
      await go.promise;
      await send();
      return { completed: 2 };
    };
    expect(await failure(get(bench))).toMatchObject({ code: 'retrieve-pending', retryAfterInSecs: 7 });
    await sleep(200);
    go.resolve(undefined);
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
    expect(bench.targets).toHaveLength(1);
  });

  it('nobody waits any more: cancelled after the grace time, and not before', async () => {
    await using bench = await startBench(instances(2));
    let cancelledAt = 0;
    bench.play = async ({ order, send, wanted }) => {
      await send(wanted.slice(0, 1));
      await new Promise((resolve) => order.signal?.addEventListener('abort', resolve));
      cancelledAt = performance.now();
      await sleep(100);
      throw new BrokerError('cancelled', 'Cancelled.');
    };
    const leaving = new AbortController();
    const client = failure(get(bench, whole, leaving.signal));
    await sleep(40);
    const leftAt = performance.now();
    leaving.abort(new BrokerError('cancelled', 'Left.'));
    await client;
    await sleep(60);
    expect(cancelledAt).toBe(0);
    await sleep(60);
    expect(cancelledAt - leftAt).toBeGreaterThan(70);
    // Whoever comes while it is being cancelled gets a retrieval of its own.
    bench.play = async ({ send }) => {
      await send();
      return { completed: 1 };
    };
    expect(await get(bench)).toMatchObject({ count: 2, error: undefined });
    await sleep(80);
    expect(bench.ended).toHaveLength(2);
    expect(await isFree(bench)).toBe(true);
  });

  it('a stop ends everything in bounded time', async () => {
    await using bench = await startBench(instances(2));
    bench.play = ({ order }) =>
      new Promise((_, reject) => {
        order.signal?.addEventListener('abort', () => {
          reject(new BrokerError('cancelled', 'Cancelled.'));
        });
      });
    const client = failure(get(bench));
    await sleep(20);
    await bench.retrieval.stop();
    expect((await client).code).toBe('cancelled');
    expect((await failure(get(bench))).code).toBe('cancelled');
    expect(bench.expectations).toBe(0);
    expect(await isFree(bench)).toBe(true);
  });
});
