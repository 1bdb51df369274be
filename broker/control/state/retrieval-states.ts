import type { JobProgress } from '../../retrieval/job-progress.ts';
import type { RetrievalState } from '../contract/gateway-state.ts';
import { troubleOf } from '../control-problem.ts';
import type { GatewayParts } from '../control-services.ts';
import type { RetrievalRates } from './retrieval-rates.ts';

type Named = Pick<RetrievalState, 'patientName' | 'description' | 'modality'>;

/** Retrievals that are shown: no window has room for more, and no gateway should have so many. */
const maxShown = 200;

/** The retrievals that go on, with what the cache knows of their studies meanwhile. */
export class RetrievalStates {
  readonly #rates: RetrievalRates;
  /** What the studies are called, once it is known. */
  readonly #names = new Map<string, Named>();

  constructor(rates: RetrievalRates) {
    this.#rates = rates;
  }

  /** The one that was begun first comes first: lists do not move under the pointer. */
  of({ retrieval, cache }: Pick<GatewayParts, 'retrieval' | 'cache'>): RetrievalState[] {
    const jobs = retrieval.progress.sort((one, other) => one.startedAt - other.startedAt).slice(0, maxShown);
    const ids = new Set(jobs.map(({ id }) => id));
    for (const id of this.#names.keys()) if (!ids.has(id)) this.#names.delete(id);
    return jobs.map((job) => this.#stateOf(job, this.#named(job, cache)));
  }

  #stateOf(job: JobProgress, named: Named): RetrievalState {
    const { id, archive, resource, state, attempt, received, expected, receivedBytes, error } = job;
    const secondsLeft = this.#rates.secondsLeft(job);
    return {
      id,
      archive,
      level: resource.level,
      study: resource.study,
      ...(resource.level === 'study' ? {} : { series: resource.series }),
      ...(resource.level === 'instance' ? { instance: resource.instance } : {}),
      ...named,
      state,
      startedAt: new Date(job.startedAt).toISOString(),
      attempt,
      received,
      ...(expected === undefined ? {} : { expected }),
      receivedBytes,
      bytesPerSecond: this.#rates.bytesPerSecond(job),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(error === undefined ? {} : { trouble: troubleOf(error) }),
    };
  }

  /** What is known of the first instances that came; it is looked for until something is. */
  #named(job: JobProgress, cache: GatewayParts['cache']): Named {
    const known = this.#names.get(job.id);
    if (known !== undefined || job.received === 0) return known ?? {};
    const { archive, resource } = job;
    const study = cache.catalogue.study(archive, resource.study);
    if (study === undefined) return {};
    const modality = study.modalities.join(', ');
    const named = {
      ...(study.patientName === '' ? {} : { patientName: study.patientName }),
      ...(study.description === '' ? {} : { description: study.description }),
      ...(modality === '' ? {} : { modality }),
    };
    if (Object.keys(named).length > 0) this.#names.set(job.id, named);
    return named;
  }
}
