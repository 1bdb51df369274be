import type { RetrievalState } from '../../../broker/control/contract/gateway-state.ts';

export interface HeldRetrieval {
  readonly retrieval: RetrievalState;
  /** True where it has ended and is shown only to keep the others in their places. */
  readonly isOver: boolean;
}

/** What was shown before in its order, ended ones included, and then what has come. */
export function heldRetrievals(
  shownBefore: readonly RetrievalState[],
  now: readonly RetrievalState[],
): readonly HeldRetrieval[] {
  const current = new Map(now.map((retrieval) => [retrieval.id, retrieval]));
  const kept = shownBefore.map((before): HeldRetrieval => {
    const retrieval = current.get(before.id);
    current.delete(before.id);
    return { retrieval: retrieval ?? before, isOver: retrieval === undefined };
  });
  return [...kept, ...[...current.values()].map((retrieval) => ({ retrieval, isOver: false }))];
}
