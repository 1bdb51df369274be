import type { ArchiveAbilities, CheckEvent, CheckStep } from '../../broker/control/contract/archive-check.ts';
import type { SettingChanges } from '../../broker/control/contract/settings.ts';
import type { Trouble } from '../../broker/control/contract/gateway-state.ts';
import { api } from '../api/client.ts';
import { isAbort, troubleOf } from '../api/trouble-of.ts';

/** What is tried, as it was typed. */
export type CheckInput = Parameters<typeof api.archives.check>[0];

export type CheckState = 'idle' | 'running' | 'passed' | 'failed' | 'stopped';

/** How checks that belong together stand: one that has not ended, or not well, stands for all. */
export function stateOfAll(states: readonly CheckState[]): CheckState {
  const order: readonly CheckState[] = ['running', 'failed', 'stopped', 'passed'];
  return order.find((state) => states.includes(state)) ?? 'idle';
}

/** A check of an archive as it goes on. */
export class CheckRun {
  state: CheckState = $state('idle');
  /** In the order in which they came; a step that goes on is replaced by how it ended. */
  steps: readonly CheckStep[] = $state.raw([]);
  abilities: ArchiveAbilities | undefined = $state.raw();
  /** Settings that fit what was found, by property. */
  suggestedChanges: SettingChanges = $state.raw({});
  /** Why the check itself broke off. */
  trouble: Trouble | undefined = $state.raw();
  #running: AbortController | undefined;

  /** Runs a check in place of the one before. Never rejects. */
  async run(asked: CheckInput): Promise<void> {
    this.reset();
    const running = new AbortController();
    const { signal } = running;
    this.#running = running;
    this.state = 'running';
    try {
      for await (const event of await api.archives.check(asked, { signal })) {
        if (this.#running !== running) return;
        this.#take(event);
      }
      // A stream that ends without its last event was cut.
      if (this.#isRunning()) this.#break({ message: 'The test broke off.', remedy: 'Try it again.' });
    } catch (error) {
      if (this.#running !== running) return;
      if (isAbort(error)) this.state = 'stopped';
      else this.#break(troubleOf(error));
    } finally {
      running.abort();
    }
  }

  stop(): void {
    if (!this.#isRunning()) return;
    this.state = 'stopped';
    this.#running?.abort();
  }

  /** Forgets what was found. */
  reset(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.state = 'idle';
    this.steps = [];
    this.abilities = undefined;
    this.suggestedChanges = {};
    this.trouble = undefined;
  }

  find(step: CheckStep['step']): CheckStep | undefined {
    return this.steps.find((one) => one.step === step);
  }

  #take(event: CheckEvent): void {
    switch (event.type) {
      case 'step':
        this.steps = this.steps.some(({ step }) => step === event.step.step)
          ? this.steps.map((one) => (one.step === event.step.step ? event.step : one))
          : [...this.steps, event.step];
        break;
      case 'abilities':
        this.abilities = event.abilities;
        this.suggestedChanges = event.suggestedChanges;
        break;
      case 'end':
        this.state = event.passed ? 'passed' : 'failed';
        break;
    }
  }

  #break(trouble: Trouble): void {
    this.state = 'failed';
    this.trouble = trouble;
    this.steps = this.steps.filter(({ state }) => state !== 'running');
  }

  #isRunning(): boolean {
    return this.state === 'running';
  }
}
