import type { ControlEvent } from '../contract/events.ts';
import type { GatewayState, Throughput } from '../contract/gateway-state.ts';

/** Seconds that a reader may be behind before samples are left out. */
const maxSamples = 10;
/** Studies that are told of one by one; of more it is said once that the cache has changed. */
const maxStudies = 500;

/**
 * What one listener has not been told yet. The newest state takes the place of the one before, so that a slow
 * reader costs little and never sees what is long over.
 */
export class EventInbox {
  #state: GatewayState | undefined;
  #samples: Throughput[] = [];
  readonly #studies = new Map<string, { archive: string; study: string }>();
  #settings = false;
  #wake: (() => void) | undefined;

  state(state: GatewayState): void {
    this.#state = state;
    this.#wake?.();
  }

  throughput(sample: Throughput): void {
    this.#samples.push(sample);
    if (this.#samples.length > maxSamples) this.#samples.shift();
    this.#wake?.();
  }

  cache(archive: string, study: string): void {
    if (this.#studies.size > maxStudies) return;
    this.#studies.set(`${archive}/${study}`, { archive, study });
    this.#wake?.();
  }

  settings(): void {
    this.#settings = true;
    this.#wake?.();
  }

  /** What has come, once something has; nothing on the signal. */
  async take(signal: AbortSignal): Promise<ControlEvent[]> {
    if (this.#isEmpty && !signal.aborted) await this.#something(signal);
    if (signal.aborted) return [];
    const isMuch = this.#studies.size > maxStudies;
    const studies = isMuch ? [{ archive: '', study: '' }] : [...this.#studies.values()];
    const events: ControlEvent[] = [
      ...(this.#settings ? [{ type: 'settings' as const }] : []),
      ...(this.#state === undefined ? [] : [{ type: 'state' as const, state: this.#state }]),
      ...this.#samples.map((sample) => ({ type: 'throughput' as const, sample })),
      ...studies.map((study) => ({ type: 'cache' as const, ...study })),
    ];
    this.#settings = false;
    this.#state = undefined;
    this.#samples = [];
    this.#studies.clear();
    return events;
  }

  get #isEmpty(): boolean {
    return (
      this.#state === undefined && this.#samples.length === 0 && this.#studies.size === 0 && !this.#settings
    );
  }

  #something(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
