import { expect, test } from 'vitest';
import { arrivedBatches } from '../../../../broker/dicomweb/retrieve/arrived-batches.ts';

async function* numbers(from: number, to: number): AsyncGenerator<number, void, undefined> {
  for (let number = from; number <= to; number++) {
    await Promise.resolve();
    yield number;
  }
}

test('what is there comes together, up to the limit, and all of it in order', async () => {
  const batches: number[][] = [];
  for await (const batch of arrivedBatches(numbers(1, 10), 4)) batches.push(batch);
  expect(batches.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(Math.max(...batches.map(({ length }) => length))).toBe(4);
});

test('the first is not held up by those that are still to come', async () => {
  let goOn = (): void => undefined;
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  async function* held(): AsyncGenerator<number, void, undefined> {
    yield 1;
    await mayGoOn;
    yield 2;
  }
  const batches = arrivedBatches(held(), 10);
  expect((await batches.next()).value).toEqual([1]);
  goOn();
  expect((await batches.next()).value).toEqual([2]);
  expect((await batches.next()).done).toBe(true);
});

test('an error follows what came before it', async () => {
  async function* failing(): AsyncGenerator<number, void, undefined> {
    yield* numbers(1, 2);
    throw new Error('broken off');
  }
  const batches = arrivedBatches(failing(), 10);
  expect((await batches.next()).value).toEqual([1, 2]);
  await expect(batches.next()).rejects.toThrow('broken off');
});

test('the source is closed where the rest is not wanted', async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<number, void, undefined> {
    try {
      yield* numbers(1, 100);
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of arrivedBatches(source(), 2)) break;
  await new Promise(setImmediate);
  expect(isClosed).toBe(true);
});
