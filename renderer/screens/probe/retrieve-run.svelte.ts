import type { CheckStep } from '../../../broker/control/contract/archive-check.ts';
import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import { api } from '../../api/client.ts';
import { isAbort, troubleOf } from '../../api/trouble-of.ts';

/** What a test retrieval asks for. */
export interface RetrieveTarget {
  readonly archive: string;
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

/** One test retrieval, step by step. */
export class RetrieveRun {
  state: 'running' | 'passed' | 'failed' | 'stopped' = $state('running');
  steps: readonly CheckStep[] = $state.raw([]);
  /** Why it did not even begin; what failed on the way stands with its step. */
  trouble: Trouble | undefined = $state.raw();
  readonly #running = new AbortController();

  async start(target: RetrieveTarget): Promise<void> {
    const { signal } = this.#running;
    try {
      for await (const event of await api.probe.retrieve(target, { signal })) {
        if (event.type === 'step') this.#take(event.step);
        if (event.type === 'end') this.state = event.passed ? 'passed' : 'failed';
      }
      if (this.state === 'running') this.state = signal.aborted ? 'stopped' : 'failed';
    } catch (error) {
      if (isAbort(error) || signal.aborted) this.state = 'stopped';
      else {
        this.trouble = troubleOf(error);
        this.state = 'failed';
      }
    }
  }

  stop(): void {
    this.#running.abort();
    if (this.state === 'running') this.state = 'stopped';
  }

  #take(step: CheckStep): void {
    const known = this.steps.some((one) => one.step === step.step);
    this.steps = known
      ? this.steps.map((one) => (one.step === step.step ? step : one))
      : [...this.steps, step];
  }
}
