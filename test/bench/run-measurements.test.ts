import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { runMeasurements } from './run-measurements.ts';

function measurement(title: string, run: Measurement['run'], seconds = 60): Measurement {
  return { group: 'cold', title, sets: [], timeLimitInSecs: () => seconds, run };
}

const finding: Finding = { measure: 'good', unit: 'ms', ours: 1 };
const good = measurement('Good', async () => [finding]);

function context(signal = new AbortController().signal): BenchContext {
  const sets = {
    get: () => Promise.reject(new Error('no sets here')),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { sets, rounds: 1, signal, say: () => undefined };
}

test('goes on after a measurement that failed', async () => {
  const bad = measurement('Bad', () => Promise.reject(new Error('it broke')));
  const results = await runMeasurements([bad, good], context());
  expect(results).toEqual({ findings: [finding], failures: [{ measure: 'Bad', reason: 'it broke' }] });
});

test('reports sets that cannot be generated', async () => {
  const { failures } = await runMeasurements([{ ...good, sets: ['small'] }], context());
  expect(failures).toEqual([{ measure: 'Good', reason: 'no sets here' }]);
});

test('gives up a measurement that takes too long, and says that it was the time limit', async () => {
  const slow = measurement('Slow', ({ signal }) => sleep(30_000, [], { signal }), 0.05);
  const { findings, failures } = await runMeasurements([slow, good], context());
  expect(findings).toEqual([finding]);
  expect(failures).toEqual([{ measure: 'Slow', reason: 'Slow took longer than 0.05 s.' }]);
});

test('measures nothing more once it was interrupted', async () => {
  const controller = new AbortController();
  const interrupting = measurement('First', async () => {
    controller.abort(new Error('interrupted'));
    return [finding];
  });
  const { findings, failures } = await runMeasurements([interrupting, good], context(controller.signal));
  expect(findings).toHaveLength(1);
  expect(failures).toEqual([{ measure: 'Good', reason: 'interrupted' }]);
});
