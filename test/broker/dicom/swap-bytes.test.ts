import fc from 'fast-check';
import { expect, test } from 'vitest';
import { swapBytes, swappedBytes } from '../../../broker/dicom/swap-bytes.ts';

async function* cutAt(bytes: Buffer, places: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const place of [...places, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(start, place);
    start = place;
    await Promise.resolve();
  }
}

test('wherever chunks end, the order of each whole number is turned and what is behind the last stays', async () => {
  const cases = fc.tuple(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(2 as const, 4 as const, 8 as const),
    fc.array(fc.nat(100), { maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([bytes, unit, places]) => {
      const chunks: Uint8Array[] = [];
      const cuts = places.map((place) => place % (bytes.length + 1));
      for await (const chunk of swappedBytes(cutAt(Buffer.from(bytes), cuts), unit)) chunks.push(chunk);
      const expected: number[] = [];
      const whole = bytes.length - (bytes.length % unit);
      for (let at = 0; at < whole; at += unit) expected.push(...bytes.slice(at, at + unit).reverse());
      expected.push(...bytes.slice(whole));
      expect([...Buffer.concat(chunks)]).toEqual(expected);
    }),
  );
});

test('in place', () => {
  const bytes = Buffer.from([1, 2, 3, 4, 5]);
  swapBytes(bytes, 2);
  expect([...bytes]).toEqual([2, 1, 4, 3, 5]);
});
