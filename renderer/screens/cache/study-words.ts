import type { CachedStudy } from '../../../broker/control/contract/cached.ts';
import type { RetrievalState } from '../../../broker/control/contract/gateway-state.ts';
import type { MarkState } from '../../components/mark-state.ts';
import { formatCount } from '../../format/count.ts';
import { formatDicomDate } from '../../format/dates.ts';

/** The name of the patient, or what stands for it. Text of the archive: never markup. */
export function patientOf({ patientName }: CachedStudy): string {
  return patientName === '' ? '(no name)' : patientName;
}

/** A study in one line, where it is named before something happens to it. */
export function studyLine(study: CachedStudy): string {
  return [
    patientOf(study),
    formatDicomDate(study.studyDate),
    study.description || study.modalities.join(', '),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The state of a study as icon and word, with how far it is while it comes. */
export function wordOfStudy(
  { state }: CachedStudy,
  retrieval: RetrievalState | undefined,
): { readonly mark: MarkState; readonly word: string } {
  if (state === 'partial') return { mark: 'warn', word: 'Incomplete' };
  if (state === 'complete') return { mark: 'good', word: 'Complete' };
  if (retrieval === undefined) return { mark: 'busy', word: 'Receiving' };
  const { received, expected } = retrieval;
  if (expected === undefined || expected <= 0)
    return { mark: 'busy', word: `Receiving ${formatCount(received)}` };
  return { mark: 'busy', word: `Receiving ${Math.min(99, Math.floor((received / expected) * 100))} %` };
}

/** The retrieval that goes on of a study. */
export function retrievalOf(
  study: CachedStudy,
  retrievals: readonly RetrievalState[],
): RetrievalState | undefined {
  return retrievals.find(
    (one) =>
      one.study === study.study &&
      one.archive === study.archive &&
      (one.state === 'asking' || one.state === 'settling' || one.state === 'waiting to retry'),
  );
}
