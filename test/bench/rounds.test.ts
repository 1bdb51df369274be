import { expect, test } from 'vitest';
import { takeTurns } from './rounds.ts';

function recording(): { order: string[]; contender: (name: string, ms: number) => () => Promise<number> } {
  const order: string[] = [];
  return {
    order,
    contender: (name, ms) => async () => {
      order.push(name);
      return ms;
    },
  };
}

test('lets each contender be first in turn and keeps the rounds together', async () => {
  const { order, contender } = recording();
  const lines: string[] = [];
  const context = { signal: new AbortController().signal, say: (line: string) => void lines.push(line) };
  const times = await takeTurns({ a: contender('a', 1), b: contender('b', 2) }, 3, context);
  expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  expect(times).toEqual(Array.from({ length: 3 }, () => ({ a: 1, b: 2 })));
  expect(lines[1]).toBe('  round 2 of 3: a 1.0 ms, b 2.0 ms');
});

test('starts nobody after the signal', async () => {
  const { order, contender } = recording();
  const controller = new AbortController();
  const stopping = async (): Promise<number> => {
    controller.abort(new Error('enough'));
    return 1;
  };
  const turns = takeTurns({ stopping, late: contender('late', 1) }, 2, {
    signal: controller.signal,
    say: () => undefined,
  });
  await expect(turns).rejects.toThrow('enough');
  expect(order).toEqual([]);
});
