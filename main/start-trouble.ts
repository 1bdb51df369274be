import type { Trouble } from '../broker/control/contract/gateway-state.ts';
import { troubleOf } from '../broker/control/control-problem.ts';
import { BrokerError, toBrokerError } from '../broker/domain/errors.ts';

/** Why the gateway did not start, and whether it may start later without anybody's help. */
export interface StartTrouble {
  readonly trouble: Trouble;
  readonly mayHeal: boolean;
}

/** What the operating system answers, and what a person can do about it. */
const remedies: readonly (readonly [code: string, remedy: string, mayHeal: boolean])[] = [
  ['EADDRINUSE', 'Another program uses this port: end it, or choose another port.', true],
  ['EADDRNOTAVAIL', 'This machine has no such address now: choose one that it has.', true],
  ['EACCES', 'The gateway has no right to this: choose another, or give it the right.', false],
  ['EPERM', 'The gateway has no right to this: choose another, or give it the right.', false],
  ['ENOTFOUND', 'No address is known for this name: choose another, or correct the name.', true],
];

/** A failed start as the window tells it. */
export function startTrouble(thrown: unknown): StartTrouble {
  const error = toBrokerError(thrown);
  // The codes cross threads in messages only.
  const known = remedies.find(([code]) => new RegExp(`\\b${code}\\b`).test(error.message));
  const [, remedy = error.remedy, mayHeal = true] = known ?? [];
  const { code, message } = error;
  return {
    mayHeal,
    trouble: troubleOf(
      remedy === undefined ? error : new BrokerError(code, message, { remedy, cause: thrown }),
    ),
  };
}
