import { describe, expect, it } from 'vitest';
import { BrokerError, type ErrorCode } from '../../../broker/domain/errors.ts';
import { mayMeanNotFound, reactionTo } from '../../../broker/retrieval/retry-policy.ts';

const nothing = { hasProgressed: false, isRepeated: false, hasSome: false };

function fault(code: ErrorCode, dimseStatus?: number): BrokerError {
  return new BrokerError(code, 'It failed.', dimseStatus === undefined ? {} : { dimseStatus });
}

describe('the reaction to a failure', () => {
  it.each([
    ['busy', undefined, 'try again later'],
    ['archive-refused', 0xa700, 'try again later'],
    ['archive-refused', 0xa702, 'give up'],
    ['archive-refused', 0xa801, 'give up'],
    ['archive-refused', 0xc001, 'give up'],
    ['association-rejected', undefined, 'give up'],
    ['archive-unreachable', undefined, 'give up'],
    ['archive-timeout', undefined, 'give up'],
    ['association-aborted', undefined, 'try again now'],
  ] as const)('%s %s: %s', (code, status, reaction) => {
    expect(reactionTo(fault(code, status), nothing)).toBe(reaction);
    expect(reactionTo(fault(code, status), { ...nothing, hasProgressed: true })).toBe('try again now');
  });

  it('to a connection that breaks again: later where something is there, else not at all', () => {
    const aborted = fault('association-aborted');
    expect(reactionTo(aborted, { ...nothing, isRepeated: true })).toBe('give up');
    expect(reactionTo(aborted, { ...nothing, isRepeated: true, hasSome: true })).toBe('try again later');
  });
});

it('only refusals that concern the study may mean that it is not there', () => {
  expect(
    [0xc000, 0xcfff, 0xa900, 0xa701].map((status) => mayMeanNotFound(fault('archive-refused', status))),
  ).toEqual([true, true, true, true]);
  expect(
    [0xa801, 0xa700, 0xa702, 0x0124].map((status) => mayMeanNotFound(fault('archive-refused', status))),
  ).toEqual([false, false, false, false]);
  expect(mayMeanNotFound(fault('archive-timeout', 0xc000))).toBe(false);
});
