import type { LogQuery } from '../../../broker/control/contract/log.ts';
import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import { api } from '../../api/client.ts';
import { isAbort, troubleOf } from '../../api/trouble-of.ts';
import { session } from '../../api/session.svelte.ts';
import { reconnectDelay } from '../../state/reconnect-delay.ts';
import { emptyRing, jumped, type LogRing, withEntries } from './log-ring.ts';

/** Entries that are asked for at the beginning. */
const firstEntries = 2_000;

/** What the log shows, as it comes. */
export class LogTail {
  ring: LogRing = $state.raw(emptyRing);
  isFollowing = $state(true);
  /** Why nothing comes at the moment. */
  trouble: Trouble | undefined = $state.raw();
  isLoading = $state(true);
  /** Entries that the gateway left out since this page was too slow. */
  dropped = $state(0);
  #showsPatientData = false;

  /** Follows the entries of a query until the result is called. */
  start(query: Omit<LogQuery, 'limit'>): () => void {
    const running = new AbortController();
    this.dropped = 0;
    this.isLoading = true;
    // Patient data does not stay on the screen for as long as the answer takes.
    if (this.#showsPatientData) this.ring = emptyRing;
    this.#showsPatientData = query.withPatientData;
    void this.#follow({ ...query, limit: firstEntries }, running.signal);
    return () => running.abort();
  }

  /** Shows what waits, and follows again. */
  jumpToNow(): void {
    this.isFollowing = true;
    this.ring = jumped(this.ring);
  }

  pause(): void {
    this.isFollowing = false;
  }

  async #follow(query: LogQuery, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted && session.isSignedIn; attempt++) {
      try {
        const events = await api.log.follow(query, { signal });
        // Begins with the last entries; those that are known already are left out.
        for await (const { entries, dropped } of events) {
          this.trouble = undefined;
          attempt = 1;
          this.dropped += dropped;
          // What another query found stays until there is something in its place; it comes also while paused.
          this.ring =
            this.isLoading || this.ring.shown.length === 0
              ? withEntries(emptyRing, entries, true)
              : withEntries(this.ring, entries, this.isFollowing);
          this.isLoading = false;
        }
      } catch (error) {
        if (isAbort(error)) return;
        this.trouble = troubleOf(error);
        this.isLoading = false;
      }
      await pause(reconnectDelay(attempt), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
