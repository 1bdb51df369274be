import { isDeepStrictEqual } from 'node:util';
import { ProblemBook } from '../../observe/problem-book.ts';
import type { ControlEvent } from '../contract/events.ts';
import type { GatewayState, Throughput } from '../contract/gateway-state.ts';
import type { GatewayLifecycle, GatewayParts, GatewayView, SettingsAccess } from '../control-services.ts';
import { EventInbox } from './event-inbox.ts';
import { GatewaySnapshot } from './gateway-snapshot.ts';
import { ProblemWatch } from './problem-watch.ts';
import { RetrievalRates } from './retrieval-rates.ts';
import { ThroughputRing } from './throughput-ring.ts';

export interface GatewayWatchOptions {
  readonly version: string;
  readonly lifecycle: GatewayLifecycle;
  readonly settings: Pick<SettingsAccess, 'onChange'>;
}

/** A state is told at most four times a second. */
const stateEveryMs = 250;
const sampleEveryMs = 1_000;

/**
 * Looks at the gateway for those who look at it: its state, what was received and sent, what went wrong. It
 * goes on while parts are restarted. All listeners share one look.
 */
export class GatewayWatch implements GatewayView {
  readonly #lifecycle: GatewayLifecycle;
  readonly #rates = new RetrievalRates();
  readonly #ring = new ThroughputRing();
  readonly #problems: ProblemWatch;
  readonly #snapshot: GatewaySnapshot;
  readonly #inboxes = new Set<EventInbox>();
  readonly #offs: (() => void)[];
  readonly #sampling: NodeJS.Timeout;
  #looking: NodeJS.Timeout | undefined;
  #told: GatewayState | undefined;
  #cache: { readonly of: GatewayParts['cache']; readonly off: () => void } | undefined;

  constructor({ version, lifecycle, settings }: GatewayWatchOptions) {
    this.#lifecycle = lifecycle;
    const problems = new ProblemBook();
    this.#problems = new ProblemWatch(lifecycle, problems);
    this.#snapshot = new GatewaySnapshot({ version, lifecycle, problems, rates: this.#rates });
    this.#offs = [
      lifecycle.onChange(() => {
        this.#follow();
        this.#look();
      }),
      settings.onChange(() => {
        for (const inbox of this.#inboxes) inbox.settings();
      }),
    ];
    this.#follow();
    this.#sampling = setInterval(() => {
      this.#sample();
    }, sampleEveryMs).unref();
  }

  /** How many listeners there are. */
  get listeners(): number {
    return this.#inboxes.size;
  }

  state(): GatewayState {
    return this.#snapshot.take();
  }

  throughput(): readonly Throughput[] {
    return this.#ring.samples;
  }

  async *events(signal: AbortSignal): AsyncGenerator<ControlEvent, void, undefined> {
    const inbox = new EventInbox();
    this.#inboxes.add(inbox);
    this.#looking ??= setInterval(() => {
      this.#look();
    }, stateEveryMs).unref();
    try {
      yield { type: 'state', state: this.state() };
      while (!signal.aborted) yield* await inbox.take(signal);
    } finally {
      this.#inboxes.delete(inbox);
      if (this.#inboxes.size === 0) {
        clearInterval(this.#looking);
        this.#looking = undefined;
        this.#told = undefined;
      }
    }
  }

  /** Looks no more. Streams of events end with their signals. */
  stop(): void {
    clearInterval(this.#sampling);
    clearInterval(this.#looking);
    this.#problems.stop();
    this.#cache?.off();
    for (const off of this.#offs) off();
  }

  #follow(): void {
    this.#problems.follow();
    const { parts } = this.#lifecycle;
    this.#ring.begin(parts?.traffic(), Date.now());
    const cache = parts?.cache;
    if (cache === this.#cache?.of) return;
    this.#cache?.off();
    const off = cache?.onStudyChange((archive, study) => {
      for (const inbox of this.#inboxes) inbox.cache(archive, study);
    });
    this.#cache = cache === undefined || off === undefined ? undefined : { of: cache, off };
  }

  #look(): void {
    if (this.#inboxes.size === 0) return;
    const state = this.state();
    if (isDeepStrictEqual(state, this.#told)) return;
    this.#told = state;
    for (const inbox of this.#inboxes) inbox.state(state);
  }

  #sample(): void {
    const { parts } = this.#lifecycle;
    const now = Date.now();
    this.#rates.observe(parts?.retrieval.progress ?? [], now);
    const sample = this.#ring.take(parts?.traffic(), now);
    for (const inbox of this.#inboxes) inbox.throughput(sample);
  }
}
