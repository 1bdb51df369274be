import { BrokerError } from '../../domain/errors.ts';
import type { CheckAddress, CheckEvent, CheckStep, CheckStepName, RegisterRow } from './check-event.ts';
import { stepTrouble } from './check-trouble.ts';

/** What a step found. */
export interface StepFinding<T> {
  readonly value: T;
  /** In plain words. */
  readonly detail: string;
}

export interface StepOptions<T> {
  readonly step: CheckStepName;
  /** What goes on, in plain words. */
  readonly doing: string;
  readonly work: () => Promise<StepFinding<T>>;
  /** What the other side must enter where it fails with this error. */
  readonly toRegister?: (error: BrokerError) => RegisterRow[] | undefined;
}

/** How a step ended. */
export type StepOutcome<T> = { readonly value: T } | { readonly error: BrokerError };

/** Runs the steps of a check one by one, and remembers whether all passed. */
export class CheckSteps {
  readonly #address: CheckAddress;
  readonly #signal: AbortSignal;
  #isAllPassed = true;

  constructor(address: CheckAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  /** True as long as no step has failed or was skipped. */
  get isAllPassed(): boolean {
    return this.#isAllPassed;
  }

  /** Tells that a step runs, and how it ended. @throws BrokerError `cancelled` on the signal */
  async *run<T>(options: StepOptions<T>): AsyncGenerator<CheckEvent, StepOutcome<T>, undefined> {
    const { step, doing, work } = options;
    yield this.tell({ step, state: 'running', detail: doing });
    this.#throwIfAborted();
    const start = performance.now();
    try {
      const { value, detail } = await work();
      yield this.tell({ step, state: 'passed', detail, tookInMs: since(start) });
      return { value };
    } catch (thrown) {
      this.#throwIfAborted();
      const error = failureOf(thrown);
      const toRegister = options.toRegister?.(error);
      yield this.tell({
        step,
        state: 'failed',
        detail: error.message,
        tookInMs: since(start),
        trouble: stepTrouble(step, error, this.#address),
        ...(toRegister === undefined ? {} : { toRegister }),
      });
      return { error };
    }
  }

  *skip(steps: readonly CheckStepName[], why: string): Generator<CheckEvent, void, undefined> {
    for (const step of steps) yield this.tell({ step, state: 'skipped', detail: why });
  }

  tell(step: CheckStep): CheckEvent {
    if (step.state === 'failed' || step.state === 'skipped') this.#isAllPassed = false;
    return { type: 'step', step };
  }

  #throwIfAborted(): void {
    if (this.#signal.aborted) throw new BrokerError('cancelled', 'The check was cancelled.');
  }
}

/** What a step failed with. @throws what was thrown, where that is a defect of the gateway */
export function failureOf(thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  throw thrown;
}

/** Milliseconds since then, to a tenth. */
export function since(start: number): number {
  return Math.round((performance.now() - start) * 10) / 10;
}
