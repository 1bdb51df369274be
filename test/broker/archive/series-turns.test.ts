import { describe, expect, it } from 'vitest';
import { SeriesTurns } from '../../../broker/archive/series-turns.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import type { Uid } from '../../../broker/domain/uid.ts';

const series = (number: number, study = '1.2'): Resource => ({
  level: 'series',
  study: study as Uid,
  series: `1.2.${number}` as Uid,
});

/** Asks for a turn; says whether it has come, and ends it. */
async function ask(
  turns: SeriesTurns,
  resource: Resource,
  signal?: AbortSignal,
): Promise<{ hasCome: boolean; error: unknown; end: () => void }> {
  const asked = { hasCome: false, error: undefined as unknown, end: (): void => undefined };
  turns.acquire(resource, signal).then(
    (turn) => {
      asked.hasCome = true;
      asked.end = () => {
        turn[Symbol.dispose]();
      };
    },
    (error: unknown) => (asked.error = error),
  );
  await new Promise(setImmediate);
  return asked;
}

describe('turns of the series of a study', () => {
  it('are for the first alone, then for as many as may come side by side, in their order', async () => {
    const turns = new SeriesTurns(2);
    const asked: Awaited<ReturnType<typeof ask>>[] = [];
    for (let number = 0; number < 5; number++) asked.push(await ask(turns, series(number)));
    const come = (): boolean[] => asked.map(({ hasCome }) => hasCome);
    expect(come()).toEqual([true, false, false, false, false]);
    for (const [ended, expected] of [
      [0, [true, true, true, false, false]],
      [2, [true, true, true, true, false]],
      [1, [true, true, true, true, true]],
    ] as const) {
      asked[ended]?.end();
      await new Promise(setImmediate);
      expect(come()).toEqual(expected);
    }
    asked[3]?.end();
    asked[4]?.end();
    expect(turns.studies).toBe(0);
  });

  it('of another study, of an instance or of a whole study wait for nobody', async () => {
    const turns = new SeriesTurns(2);
    await ask(turns, series(1));
    expect((await ask(turns, series(1, '1.3'))).hasCome).toBe(true);
    const study = '1.2' as Uid;
    expect((await ask(turns, { level: 'study', study })).hasCome).toBe(true);
    const instance = {
      level: 'instance',
      study,
      series: '1.2.1' as Uid,
      instance: '1.2.1.1' as Uid,
    } as const;
    expect((await ask(turns, instance)).hasCome).toBe(true);
  });

  it('go to the next where one who waits leaves, and nothing is kept of them', async () => {
    const turns = new SeriesTurns(2);
    const first = await ask(turns, series(1));
    const leaving = new AbortController();
    const left = await ask(turns, series(2), leaving.signal);
    const stays = await ask(turns, series(3));
    leaving.abort();
    await new Promise(setImmediate);
    expect(left.error).toMatchObject({ code: 'cancelled' });
    expect((await ask(turns, series(4), AbortSignal.abort())).error).toMatchObject({ code: 'cancelled' });
    first.end();
    await new Promise(setImmediate);
    expect([left.hasCome, stays.hasCome]).toEqual([false, true]);
    stays.end();
    expect(turns.studies).toBe(0);
  });
});
