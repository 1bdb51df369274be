import type { CachedSeries, CachedStudy } from '../../../broker/control/contract/cached.ts';

/** A study and its series, as the control API tells them. */
export interface StudyContent {
  readonly study: CachedStudy;
  readonly series: readonly CachedSeries[];
}
