import type { Trouble } from '../../broker/control/contract/gateway-state.ts';
import { isAbort, troubleOf } from '../api/trouble-of.ts';

/** One answer of the control API as a screen shows it: what came before stays until the next has come. */
export class Loaded<Value> {
  value: Value | undefined = $state.raw();
  /** Why the last answer did not come. */
  trouble: Trouble | undefined = $state.raw();
  isLoading = $state(false);
  #asking: AbortController | undefined;

  /** Asks, in place of what was asked before. */
  async load(ask: (signal: AbortSignal) => Promise<Value>): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.isLoading = true;
    try {
      const value = await ask(asking.signal);
      if (asking.signal.aborted) return;
      this.value = value;
      this.trouble = undefined;
    } catch (error) {
      if (!asking.signal.aborted && !isAbort(error)) this.trouble = troubleOf(error);
    } finally {
      if (this.#asking === asking) this.isLoading = false;
    }
  }

  /** Takes back what was asked, and forgets the answer. */
  forget(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    this.isLoading = false;
    this.value = undefined;
    this.trouble = undefined;
  }

  stop(): void {
    this.#asking?.abort();
  }
}
