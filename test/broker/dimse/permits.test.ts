import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Permit, Permits } from '../../../broker/dimse/permits.ts';
import type { BrokerError } from '../../../broker/domain/errors.ts';

function release(permit: Permit): void {
  permit[Symbol.dispose]();
}

describe('permits', () => {
  it('are given up to their limit, then in turn', async () => {
    const permits = new Permits(2, 'archive main');
    const first = await permits.acquire(1_000);
    const second = await permits.acquire(1_000);
    const order: string[] = [];
    const third = permits.acquire(1_000).then((permit) => (order.push('third'), permit));
    const fourth = permits.acquire(1_000).then((permit) => (order.push('fourth'), permit));
    expect(permits).toMatchObject({ taken: 2, queued: 2 });
    release(second);
    release(first);
    release(await third);
    release(await fourth);
    expect(order).toEqual(['third', 'fourth']);
    expect(permits).toMatchObject({ taken: 0, queued: 0 });
  });

  it('cannot be taken by who comes later while somebody waits', async () => {
    const permits = new Permits(1, 'archive main');
    const first = await permits.acquire(1_000);
    const waiting = permits.acquire(1_000);
    release(first);
    await expect(permits.acquire(10)).rejects.toMatchObject({ code: 'busy' });
    release(await waiting);
  });

  it('count once when they are given back twice', async () => {
    const permits = new Permits(2, 'archive main');
    const first = await permits.acquire(1_000);
    await permits.acquire(1_000);
    release(first);
    release(first);
    expect(permits.taken).toBe(1);
  });

  it('say who has how many, and when to come again, where none becomes free in time', async () => {
    const permits = new Permits(1, 'archive main');
    await permits.acquire(1_000);
    const error = (await permits.acquire(20).catch((thrown: unknown) => thrown)) as BrokerError;
    expect(error).toMatchObject({ code: 'busy', retryAfterInSecs: 30 });
    expect(error.message).toBe(
      'All 1 associations with archive main are in use, and none became free within 0.02 s.',
    );
    expect(permits).toMatchObject({ taken: 1, queued: 0 });
  });

  it('are not waited for any more on the signal, nor asked for where it has fired', async () => {
    const permits = new Permits(1, 'archive main');
    const held = await permits.acquire(1_000);
    const controller = new AbortController();
    const waiting = permits.acquire(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    release(held);
    await expect(permits.acquire(1_000, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(permits).toMatchObject({ taken: 0, queued: 0 });
  });

  it('are asked back from whoever keeps one unused, once per shortage', async () => {
    const permits = new Permits(2, 'archive main');
    const kept = [await permits.acquire(1_000), await permits.acquire(1_000)];
    const asked: string[] = [];
    permits.onShortage(() => {
      asked.push('poor');
      return false;
    });
    permits.onShortage(() => {
      asked.push('rich');
      const permit = kept.pop();
      if (permit !== undefined) setImmediate(() => release(permit));
      return permit !== undefined;
    });
    permits.onShortage(() => {
      asked.push('not needed');
      return true;
    });
    const granted = await permits.acquire(1_000);
    expect(asked).toEqual(['poor', 'rich']);
    release(granted);
    expect(permits.taken).toBe(1);
  });

  it('tell who is next', async () => {
    const permits = new Permits(1, 'archive main');
    const [anna, berta] = [{}, {}];
    const held = await permits.acquire(1_000, undefined, berta);
    expect(permits.isNext(anna)).toBe(false);
    const waiting = permits.acquire(1_000, undefined, anna);
    expect([permits.isNext(anna), permits.isNext(berta)]).toEqual([true, false]);
    release(held);
    release(await waiting);
  });

  type Step =
    | { readonly kind: 'acquire'; readonly signalled: boolean; readonly timeoutMs: number }
    | { readonly kind: 'release' | 'abort'; readonly which: number }
    | { readonly kind: 'wait' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('acquire' as const),
      signalled: fc.boolean(),
      timeoutMs: fc.constantFrom(1, 10_000),
    }),
    fc.record({ kind: fc.constantFrom('release' as const, 'abort' as const), which: fc.nat() }),
    fc.constant({ kind: 'wait' as const }),
  );

  it('are never leaked nor given twice, whatever the order of asking, giving back, aborting and waiting', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { maxLength: 40 }),
        async (limit, steps) => {
          const permits = new Permits(limit, 'archive main');
          const held: Permit[] = [];
          const controllers: AbortController[] = [];
          const asked: Promise<void>[] = [];
          for (const one of steps) {
            if (one.kind === 'acquire') {
              const controller = new AbortController();
              if (one.signalled) controllers.push(controller);
              const outcome = permits.acquire(one.timeoutMs, controller.signal).then(
                (permit) => void held.push(permit),
                () => undefined,
              );
              asked.push(outcome);
            } else if (one.kind === 'release') held.splice(one.which % (held.length + 1), 1).forEach(release);
            else if (one.kind === 'abort')
              controllers.splice(one.which % (controllers.length + 1), 1).forEach((c) => c.abort());
            else await new Promise((resolve) => setTimeout(resolve, 2));
            expect(permits.taken).toBeLessThanOrEqual(limit);
            expect(held.length).toBeLessThanOrEqual(limit);
            if (permits.queued > 0) expect(permits.taken).toBe(limit);
          }
          const giving = setInterval(() => {
            held.splice(0).forEach(release);
          }, 1);
          await Promise.all(asked);
          clearInterval(giving);
          held.splice(0).forEach(release);
          expect(permits).toMatchObject({ taken: 0, queued: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });
});
