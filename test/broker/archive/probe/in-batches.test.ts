import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches } from '../../../../broker/archive/probe/in-batches.ts';

const nothing = (): void => undefined;

async function* numbers(count: number): AsyncGenerator<number, void, undefined> {
  for (let index = 0; index < count; index += 1) yield await Promise.resolve(index);
}

describe('batches', () => {
  it('have at most so many', async () => {
    const batches = await Array.fromAsync(
      inBatches(numbers(450), { most: 200, withinMs: 5_000, stop: nothing }),
    );
    expect(batches.map((batch) => batch.length)).toEqual([200, 200, 50]);
    expect(batches.flat()).toEqual(Array.from({ length: 450 }, (_, index) => index));
  });

  it('do not wait for more than the time, and may be empty', async () => {
    const stop = new AbortController();
    async function* slow(): AsyncGenerator<number, void, undefined> {
      yield 1;
      await sleep(60_000, undefined, { signal: stop.signal }).catch(nothing);
    }
    const batches = inBatches(slow(), {
      most: 10,
      withinMs: 20,
      stop: () => {
        stop.abort();
      },
    });
    expect(await batches.next()).toEqual({ done: false, value: [1] });
    expect(await batches.next()).toEqual({ done: false, value: [] });
    await batches.return();
    expect(stop.signal.aborted).toBe(true);
  });

  it('give out what came before the source failed', async () => {
    async function* failing(): AsyncGenerator<number, void, undefined> {
      yield await Promise.resolve(1);
      throw new Error('over');
    }
    const got: number[][] = [];
    await expect(async () => {
      for await (const batch of inBatches(failing(), { most: 10, withinMs: 5_000, stop: nothing }))
        got.push(batch);
    }).rejects.toThrow('over');
    expect(got).toEqual([[1]]);
  });

  it('end the source where they are left early', async () => {
    let hasEnded = false;
    async function* endless(): AsyncGenerator<number, void, undefined> {
      try {
        for (;;) yield await Promise.resolve(1);
      } finally {
        hasEnded = true;
      }
    }
    for await (const batch of inBatches(endless(), { most: 3, withinMs: 5_000, stop: nothing })) {
      expect(batch).toHaveLength(3);
      break;
    }
    expect(hasEnded).toBe(true);
  });
});
