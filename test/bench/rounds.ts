import type { BenchContext } from './measurement.ts';

/** Does the work once; answers the milliseconds that it took, without getting ready and clearing up. */
export type Contender = () => Promise<number>;

/**
 * Lets the contenders take turns, round by round, the first to start being the last in the next round:
 * what disturbs the machine for a while, or favours whoever comes second, falls on all of them.
 * @returns milliseconds by contender, one entry per round
 * @throws the first contender's error; the reason of the signal where it aborts
 */
export async function takeTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  { signal, say }: Pick<BenchContext, 'signal' | 'say'>,
): Promise<Record<Name, number>[]> {
  const names = Object.keys(contenders) as Name[];
  const results: Record<Name, number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const order = round % 2 === 1 ? names : names.toReversed();
    const times: Partial<Record<Name, number>> = {};
    for (const name of order) {
      signal.throwIfAborted();
      times[name] = await contenders[name]();
    }
    const complete = times as Record<Name, number>;
    results.push(complete);
    const texts = names.map((name) => `${name} ${complete[name].toFixed(1)} ms`);
    say(`  round ${round} of ${rounds}: ${texts.join(', ')}`);
  }
  return results;
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
