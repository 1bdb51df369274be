import type { JobState } from '../../retrieval/job-progress.ts';
import type { Retrieval } from '../../retrieval/retrieval.ts';

/** One that waits to ask again is not bringing anything now. */
const receivingStates: ReadonlySet<JobState> = new Set(['asking', 'settling']);

/** The studies that are being received, as `archive/study`. */
export function receivingStudies({ progress }: Pick<Retrieval, 'progress'>): ReadonlySet<string> {
  const receiving = progress.filter(({ state }) => receivingStates.has(state));
  return new Set(receiving.map(({ archive, resource }) => `${archive}/${resource.study}`));
}
