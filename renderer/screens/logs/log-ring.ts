import type { LogEntry } from '../../../broker/control/contract/log.ts';

/** Entries that are shown at most; as many wait while the reading stands still. */
export const ringSize = 5_000;

/** What is shown of a log, and what waits to be shown. */
export interface LogRing {
  readonly shown: readonly LogEntry[];
  /** Came while the reading stood still; not shown yet, so that nothing moves. */
  readonly waiting: readonly LogEntry[];
  /** Entries that had to make room before anybody has seen them. */
  readonly missed: number;
}

export const emptyRing: LogRing = { shown: [], waiting: [], missed: 0 };

/** The ring after entries have come; those that it has already are left out. */
export function withEntries(
  ring: LogRing,
  entries: readonly LogEntry[],
  isFollowing: boolean,
  size = ringSize,
): LogRing {
  const fresh = newer(entries, ring.waiting.at(-1) ?? ring.shown.at(-1));
  if (fresh.length === 0) return ring;
  if (isFollowing) return jumped({ ...ring, waiting: [...ring.waiting, ...fresh] }, size);
  const waiting = [...ring.waiting, ...fresh];
  const tooMany = Math.max(0, waiting.length - size);
  return { ...ring, waiting: waiting.slice(tooMany), missed: ring.missed + tooMany };
}

/** The ring with everything shown that waited. */
export function jumped(ring: LogRing, size = ringSize): LogRing {
  return { shown: [...ring.shown, ...ring.waiting].slice(-size), waiting: [], missed: 0 };
}

/** Entries after the last one that is known. Numbers begin anew with the gateway: then the time tells. */
function newer(entries: readonly LogEntry[], last: LogEntry | undefined): readonly LogEntry[] {
  if (last === undefined) return entries;
  return entries.filter(({ number, at }) => number > last.number || at > last.at);
}
