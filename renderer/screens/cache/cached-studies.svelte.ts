import type { CachedStudy, CacheQuery } from '../../../broker/control/contract/cached.ts';
import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import { api } from '../../api/client.ts';
import { isAbort, troubleOf } from '../../api/trouble-of.ts';
import { gateway } from '../../state/gateway.svelte.ts';

/** More than a table puts into the page at once: else the end of the first page would be seen at once. */
const pageSize = 250;
const mostAtATime = 1_000;
/** How long changes are gathered before the list is asked for again; longer, the more of it is shown. */
const gatherMs = 800;
const typingMs = 150;

/** The studies of the cache as a list shows them: page after page, sorted and searched by the gateway. */
export class CachedStudies {
  rows: readonly CachedStudy[] = $state.raw([]);
  /** How many there are in all; undefined until the first answer. */
  total: number | undefined = $state();
  trouble: Trouble | undefined = $state.raw();
  text = $state('');
  sort: CacheQuery['sort'] = $state('age');
  descending = $state(true);
  /** The text to which `rows` are the answer. */
  answeredText = $state('');
  #asking: AbortController | undefined;
  #askingMore = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Takes what changes in the cache until the result is called; `refresh` brings what is there. */
  follow(): () => void {
    const stop = gateway.onCache(() => this.#refreshSoon());
    return () => {
      stop();
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#asking?.abort();
    };
  }

  /** Asks again for what is shown. */
  refresh(): Promise<void> {
    return this.#load(Math.max(this.rows.length, pageSize));
  }

  /** Shows what another query finds, from its first page on. */
  query(change: Partial<Pick<CacheQuery, 'text' | 'sort' | 'descending'>>): void {
    const isTyped = change.text !== undefined && change.text !== this.text;
    this.text = change.text ?? this.text;
    this.sort = change.sort ?? this.sort;
    this.descending = change.descending ?? this.descending;
    this.#asking?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(pageSize), isTyped ? typingMs : 0);
  }

  /** Adds the next page. */
  async more(): Promise<void> {
    if (this.#askingMore || this.total === undefined || this.rows.length >= this.total) return;
    const signal = this.#asking?.signal;
    this.#askingMore = true;
    try {
      const page = await this.#page(this.rows.length, pageSize, signal);
      if (signal?.aborted !== true) this.#add(page);
    } catch (error) {
      if (!isAbort(error)) this.trouble = troubleOf(error);
    } finally {
      this.#askingMore = false;
    }
  }

  #refreshSoon(): void {
    if (this.#timer !== undefined) return;
    const wait = gatherMs * Math.max(1, this.rows.length / mostAtATime);
    this.#timer = setTimeout(() => void this.refresh(), wait);
  }

  /** Takes the first `count` rows anew; what is shown stays until they have come. */
  async #load(count: number): Promise<void> {
    this.#timer = undefined;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const { text } = this;
    try {
      let rows: readonly CachedStudy[] = [];
      for (let total = count; rows.length < Math.min(count, total);) {
        const page = await this.#page(rows.length, Math.min(count - rows.length, mostAtATime), asking.signal);
        rows = [...rows, ...page.studies];
        total = page.studies.length === 0 ? 0 : page.total;
        if (asking.signal.aborted) return;
        this.total = page.total;
      }
      this.rows = rows;
      this.answeredText = text;
      this.trouble = undefined;
    } catch (error) {
      if (!isAbort(error) && !asking.signal.aborted) this.trouble = troubleOf(error);
    }
  }

  #add({ total, studies }: Page): void {
    // A study that moved up meanwhile would be there twice.
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it does not outlive this call
    const known = new Set(this.rows.map(keyOf));
    this.rows = [...this.rows, ...studies.filter((study) => !known.has(keyOf(study)))];
    // Pages that bring nothing new end it, whatever the total says.
    this.total = studies.length === 0 ? this.rows.length : total;
  }

  #page(offset: number, limit: number, signal: AbortSignal | undefined): Promise<Page> {
    const { text, sort, descending } = this;
    return api.cache.studies(
      { text, sort, descending, offset, limit },
      signal === undefined ? {} : { signal },
    );
  }
}

interface Page {
  readonly total: number;
  readonly studies: readonly CachedStudy[];
}

function keyOf({ archive, study }: CachedStudy): string {
  return `${archive}/${study}`;
}
