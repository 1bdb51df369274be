import type { ControlEvent } from '../../broker/control/contract/events.ts';
import type { GatewayState, Throughput, Trouble } from '../../broker/control/contract/gateway-state.ts';
import { api } from '../api/client.ts';
import { isAnswer, troubleOf } from '../api/trouble-of.ts';
import { session } from '../api/session.svelte.ts';
import { reconnectDelay } from './reconnect-delay.ts';

/** Samples of throughput that are kept: five minutes. */
const keptSamples = 300;
/** A sample comes each second; a connection that is silent for longer is cut, whatever TCP thinks of it. */
const silenceMs = 12_000;

type CacheListener = (change: { readonly archive: string; readonly study: string }) => void;

/** The state of the gateway as its event stream tells it: the one stream of the page. */
class Gateway {
  /** What was last told; undefined until the first event. */
  state: GatewayState | undefined = $state.raw();
  /** One a second, oldest first. */
  samples: readonly Throughput[] = $state.raw([]);
  connection: 'connecting' | 'live' | 'cut' = $state('connecting');
  /** When the last event came, in milliseconds since 1970. */
  heardAt = $state(0);
  /** When the next attempt is made, while the connection is cut. */
  retryAt: number | undefined = $state();
  /** Why the gateway cannot tell its state, where it answers at all. */
  trouble: Trouble | undefined = $state.raw();
  #running: AbortController | undefined;
  #wake: (() => void) | undefined;
  readonly #cacheListeners = new Set<CacheListener>();
  readonly #settingsListeners = new Set<() => void>();

  /** Follows the events until the result is called. */
  start(): () => void {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    void this.#follow(running.signal);
    return () => running.abort();
  }

  /** Connects now instead of waiting. */
  reconnect(): void {
    this.#wake?.();
  }

  /** Calls `listener` when a study in the cache changes; the result takes it off again. */
  onCache(listener: CacheListener): () => void {
    this.#cacheListeners.add(listener);
    return () => this.#cacheListeners.delete(listener);
  }

  /** Calls `listener` when settings were saved, here or elsewhere; the result takes it off again. */
  onSettings(listener: () => void): () => void {
    this.#settingsListeners.add(listener);
    return () => this.#settingsListeners.delete(listener);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted && session.isSignedIn; attempt++) {
      const startedAt = Date.now();
      try {
        await this.#listen(signal);
        this.trouble = undefined;
      } catch (error) {
        this.trouble = isAnswer(error) ? troubleOf(error) : undefined;
      }
      if (this.heardAt > startedAt) attempt = 1;
      await this.#pause(reconnectDelay(attempt), signal);
    }
  }

  /** Takes events until the stream ends, breaks or falls silent. */
  async #listen(signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const either = AbortSignal.any([signal, silence.signal]);
    let timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      const events = await api.state.events(undefined, { signal: either });
      void this.#fetchSamples(either);
      for await (const event of events) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), silenceMs);
        this.#take(event);
      }
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  async #fetchSamples(signal: AbortSignal): Promise<void> {
    const earlier = await api.state.throughput(undefined, { signal }).catch(() => []);
    const last = earlier.at(-1)?.at ?? '';
    this.samples = [...earlier, ...this.samples.filter(({ at }) => at > last)].slice(-keptSamples);
  }

  #take(event: ControlEvent): void {
    this.heardAt = Date.now();
    this.connection = 'live';
    this.retryAt = undefined;
    this.trouble = undefined;
    switch (event.type) {
      case 'state':
        this.state = event.state;
        break;
      case 'throughput':
        this.samples = [...this.samples, event.sample].slice(-keptSamples);
        break;
      case 'cache':
        for (const listener of this.#cacheListeners) listener(event);
        break;
      case 'settings':
        for (const listener of this.#settingsListeners) listener();
        break;
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.connection = 'cut';
    this.retryAt = Date.now() + ms;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    });
    this.retryAt = undefined;
  }
}

export const gateway = new Gateway();
