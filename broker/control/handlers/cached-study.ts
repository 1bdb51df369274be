import type { ListedSeries, ListedStudy } from '../../cache/study-summary.ts';
import type { CachedSeries, CachedStudy } from '../contract/cached.ts';

/** A study of the cache as the window shows it. @param receiving studies, as `archive/study` */
export function toContractStudy(study: ListedStudy, receiving: ReadonlySet<string>): CachedStudy {
  const { isComplete, firstReceivedAt, lastUsedAt, modalities, ...same } = study;
  const isReceiving = receiving.has(`${study.archive}/${study.study}`);
  return {
    ...same,
    modalities: [...modalities],
    firstReceivedAt: new Date(firstReceivedAt).toISOString(),
    lastUsedAt: new Date(lastUsedAt).toISOString(),
    state: isReceiving ? 'receiving' : isComplete ? 'complete' : 'partial',
  };
}

export function toContractSeries(series: ListedSeries): CachedSeries {
  return { ...series };
}
