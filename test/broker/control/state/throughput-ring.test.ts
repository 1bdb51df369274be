import { expect, test } from 'vitest';
import { ThroughputRing } from '../../../../broker/control/state/throughput-ring.ts';

test('a sample is what came since the one before, for each second', () => {
  const ring = new ThroughputRing();
  expect(ring.take({ received: 1_000, sent: 500 }, 10_000)).toMatchObject({ received: 0, sent: 0 });
  expect(ring.take({ received: 3_000, sent: 500 }, 12_000)).toEqual({
    at: '1970-01-01T00:00:12.000Z',
    received: 1_000,
    sent: 0,
  });
});

test('parts that are started again, or not there, send nothing negative', () => {
  const ring = new ThroughputRing();
  ring.take({ received: 5_000, sent: 5_000 }, 1_000);
  expect(ring.take({ received: 10, sent: 20 }, 2_000)).toMatchObject({ received: 0, sent: 0 });
  expect(ring.take(undefined, 3_000)).toMatchObject({ received: 0, sent: 0 });
  expect(ring.take({ received: 9_000, sent: 0 }, 4_000)).toMatchObject({ received: 0, sent: 0 });
});

test('five minutes are kept', () => {
  const ring = new ThroughputRing();
  for (let second = 1; second <= 400; second += 1) ring.take({ received: 0, sent: 0 }, second * 1_000);
  expect(ring.samples).toHaveLength(300);
  expect(ring.samples[0]?.at).toBe('1970-01-01T00:01:41.000Z');
});
