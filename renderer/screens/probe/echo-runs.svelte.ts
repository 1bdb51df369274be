import { SvelteMap } from 'svelte/reactivity';
import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import type { EchoResult } from '../../../broker/control/contract/probe.ts';
import { api } from '../../api/client.ts';
import { isAbort, troubleOf } from '../../api/trouble-of.ts';

/** A C-ECHO to one archive. */
export interface EchoRun {
  readonly state: 'running' | 'ended';
  readonly at: string;
  readonly result?: EchoResult;
  /** Why the gateway could not even try. */
  readonly trouble?: Trouble;
}

/** The last C-ECHO to each archive, by its name. */
export class EchoRuns {
  readonly byArchive = new SvelteMap<string, EchoRun>();
  readonly #leaving = new AbortController();

  async ask(archive: string): Promise<void> {
    const before = this.byArchive.get(archive);
    if (before?.state === 'running') return;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a moment that never changes
    const at = new Date().toISOString();
    this.byArchive.set(archive, { ...before, state: 'running', at });
    try {
      const result = await api.archives.ask({ name: archive }, { signal: this.#leaving.signal });
      this.byArchive.set(archive, { state: 'ended', at, result });
    } catch (error) {
      if (!isAbort(error)) this.byArchive.set(archive, { state: 'ended', at, trouble: troubleOf(error) });
    }
  }

  stop(): void {
    this.#leaving.abort();
  }
}
