import { checkArchive } from '../../broker/archive/check/archive-check.ts';
import type {
  CheckAddress,
  CheckEvent,
  CheckStep,
  CheckStepName,
} from '../../broker/archive/check/check-event.ts';
import type { CheckLimits } from '../../broker/archive/check/check-limits.ts';
import type { CheckReceiver } from '../../broker/archive/check/check-receiver.ts';
import { TestReceiver } from '../../broker/receiving/test-receiver.ts';
import type { Peer } from './dcmtk-tools.ts';

/** Limits that a test can wait for. */
export const shortCheckLimits: CheckLimits = {
  connectTimeoutMs: 500,
  associationTimeoutMs: 500,
  transferTimeoutMs: 500,
  maxPduLength: 131_072,
  responseTimeoutMs: 500,
  findLimitMs: 2_000,
  retrieveLimitMs: 2_000,
  arrivalLimitMs: 500,
};

export interface CheckRunOptions {
  readonly archive: Peer;
  readonly address?: Partial<CheckAddress>;
  /** Our storage SCP, where an instance is to be retrieved too. */
  readonly scp?: Peer;
  readonly receiver?: CheckReceiver;
  readonly until?: 'echo';
  readonly limits?: Partial<CheckLimits>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: CheckEvent) => void;
}

/** What a check told. */
export interface CheckRun {
  readonly events: readonly CheckEvent[];
  /** The last word on each step. */
  readonly steps: Partial<Record<CheckStepName, CheckStep>>;
  /** The last word on the abilities. */
  readonly abilities: (CheckEvent & { type: 'abilities' }) | undefined;
  readonly passed: boolean | undefined;
}

/** Runs a check as AE title BROKER to its end. */
export async function runCheck(options: CheckRunOptions): Promise<CheckRun> {
  const { archive, scp, receiver = new TestReceiver(() => undefined) } = options;
  const address: CheckAddress = {
    name: 'default',
    aeTitle: archive.aeTitle,
    host: archive.host,
    port: archive.port,
    callingAeTitle: 'BROKER',
    retrieveMethod: 'auto',
    ...options.address,
  };
  const place = scp ?? { aeTitle: 'BROKER', host: '127.0.0.1', port: 11_112 };
  const events: CheckEvent[] = [];
  const check = checkArchive(
    {
      address,
      place,
      withRetrieve: scp !== undefined,
      until: options.until,
      receiver,
      limits: { ...shortCheckLimits, ...options.limits },
    },
    options.signal ?? new AbortController().signal,
  );
  for await (const event of check) {
    events.push(event);
    options.onEvent?.(event);
  }
  return runOf(events);
}

function runOf(events: readonly CheckEvent[]): CheckRun {
  const steps: Partial<Record<CheckStepName, CheckStep>> = {};
  let abilities: CheckRun['abilities'];
  let passed: boolean | undefined;
  for (const event of events) {
    if (event.type === 'step') steps[event.step.step] = event.step;
    else if (event.type === 'abilities') abilities = event;
    else passed = event.passed;
  }
  return { events, steps, abilities, passed };
}

/** The state of each step, in the order of a check. */
export function statesOf({ steps }: CheckRun): string[] {
  return Object.values(steps).map(({ step, state }) => `${step} ${state}`);
}
