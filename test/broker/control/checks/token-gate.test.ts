import { expect, test } from 'vitest';
import { TokenGate, type Verdict } from '../../../../broker/control/checks/token-gate.ts';

const right = 'the-right-token-of-all';

function gateAt(): { gate: TokenGate; clock: { now: number } } {
  const clock = { now: 0 };
  return { gate: new TokenGate(right, () => clock.now), clock };
}

function wait(verdict: Verdict): number {
  if (verdict.kind !== 'wrong') throw new Error(`It is ${verdict.kind}.`);
  return verdict.waitMs;
}

test('the right token is right, and nothing else is', () => {
  const { gate } = gateAt();
  expect(gate.judge('127.0.0.1', right).kind).toBe('right');
  for (const token of ['', 'the', `${right} `, `${right}x`, right.toUpperCase()])
    expect(gate.judge('127.0.0.1', token).kind).not.toBe('right');
});

test('each further wrong token waits longer, up to ten seconds', () => {
  const { gate, clock } = gateAt();
  const waits = Array.from({ length: 9 }, (_, index) => {
    const ms = wait(gate.judge('10.0.0.1', `wrong ${index}`));
    clock.now += ms;
    return ms;
  });
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
});

test('after a few guesses nothing is looked at before the wait is over, the right token neither', () => {
  const { gate, clock } = gateAt();
  for (let guess = 1; guess <= 6; guess += 1) gate.judge('10.0.0.1', `guess ${guess}`);
  expect(gate.judge('10.0.0.1', right)).toEqual({ kind: 'too many', retryAfterInSecs: 8 });
  expect(gate.judge('10.0.0.2', right).kind).toBe('right');
  clock.now += 8_000;
  expect(gate.judge('10.0.0.1', right).kind).toBe('right');
});

test('a page that was left open, with the token of before, keeps nobody else out', () => {
  const { gate } = gateAt();
  for (let time = 1; time <= 100; time += 1) expect(wait(gate.judge('127.0.0.1', 'of before'))).toBe(250);
  expect(gate.judge('127.0.0.1', right).kind).toBe('right');
});

test('the right token, and ten minutes of silence, make the waits short again', () => {
  const { gate, clock } = gateAt();
  for (const token of ['a', 'b', 'c']) gate.judge('10.0.0.1', token);
  gate.judge('10.0.0.1', right);
  expect(wait(gate.judge('10.0.0.1', 'd'))).toBe(250);
  for (const token of ['a', 'b', 'c']) gate.judge('10.0.0.9', token);
  clock.now += 600_000;
  expect(wait(gate.judge('10.0.0.9', 'd'))).toBe(250);
});

test.each([
  ['2001:db8:1:2::5', '2001:db8:1:2:ffff::9'],
  ['2001:db8::1', '2001:db8:0:0:1::'],
  ['10.0.0.7', '::ffff:10.0.0.7'],
])('%s and %s are one user', (one, other) => {
  const { gate } = gateAt();
  gate.judge(one, 'a');
  expect(wait(gate.judge(other, 'b'))).toBe(500);
});

test('two IPv6 networks are two users', () => {
  const { gate } = gateAt();
  gate.judge('2001:db8:1:2::5', 'a');
  expect(wait(gate.judge('2001:db8:1:3::5', 'b'))).toBe(250);
});

test('a thousand addresses are remembered, not a million', () => {
  const { gate } = gateAt();
  for (let address = 0; address < 5_000; address += 1)
    gate.judge(`10.0.${address >> 8}.${address & 255}`, 'wrong');
  expect(gate.size).toBe(1_024);
});
