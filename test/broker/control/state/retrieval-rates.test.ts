import { expect, test } from 'vitest';
import { RetrievalRates } from '../../../../broker/control/state/retrieval-rates.ts';
import type { Uid } from '../../../../broker/domain/uid.ts';
import type { JobProgress } from '../../../../broker/retrieval/job-progress.ts';

function job(progress: Partial<JobProgress>): JobProgress {
  return {
    id: 'a',
    archive: 'default',
    resource: { level: 'study', study: '1.2' as Uid },
    state: 'asking',
    startedAt: 0,
    attempt: 1,
    received: 0,
    receivedBytes: 0,
    expected: undefined,
    error: undefined,
    ...progress,
  };
}

test('a steady retrieval has its rate, and the time that is left', () => {
  const rates = new RetrievalRates();
  let last = job({});
  for (let second = 1; second <= 10; second += 1) {
    last = job({ received: second * 10, receivedBytes: second * 1_000, expected: 400 });
    rates.observe([last], second * 1_000);
  }
  expect(rates.bytesPerSecond(last)).toBe(1_000);
  expect(rates.secondsLeft(last)).toBe(30);
});

test('a single slow second changes the number a little, a minute of silence ends it', () => {
  const rates = new RetrievalRates();
  rates.observe([job({ receivedBytes: 1_000 })], 1_000);
  rates.observe([job({ receivedBytes: 1_000 })], 2_000);
  expect(rates.bytesPerSecond(job({}))).toBeGreaterThan(600);
  rates.observe([job({ receivedBytes: 1_000 })], 62_000);
  expect(rates.bytesPerSecond(job({}))).toBe(0);
});

test('nothing is guessed where the archive has not said how many there are, or nothing comes', () => {
  const rates = new RetrievalRates();
  const silent = job({ expected: 10 });
  rates.observe([silent], 1_000);
  expect(rates.secondsLeft(silent)).toBeUndefined();
  const uncounted = job({ received: 5, receivedBytes: 5_000 });
  rates.observe([uncounted], 2_000);
  expect(rates.secondsLeft(uncounted)).toBeUndefined();
});

test('what has ended is forgotten', () => {
  const rates = new RetrievalRates();
  rates.observe([job({ receivedBytes: 1_000 })], 1_000);
  rates.observe([], 2_000);
  expect(rates.bytesPerSecond(job({}))).toBe(0);
});
