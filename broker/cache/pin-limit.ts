import type { HealthReport } from '../observe/health.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { PinnedStudies, StudyCatalogue } from './study-catalogue.ts';

export interface PinLimitOptions {
  readonly catalogue: StudyCatalogue;
  readonly maxSizeInMb: number;
  readonly logger: CacheLogger;
  readonly onChange: ((fill: PinFill) => void) | undefined;
}

/** What pinned studies take of the cache. */
export interface PinFill extends PinnedStudies {
  readonly maxBytes: number;
  /** They leave next to nothing for the others. */
  readonly isFull: boolean;
}

/** From this part of the limit on, other studies leave the cache as soon as they were sent. */
const fullFrom = 0.9;

/** Pinned studies count towards the limit but do not leave: says when they fill it, and when no longer. */
export class PinLimit {
  readonly #options: PinLimitOptions;
  #maxBytes: number;
  #wasFull = false;

  constructor(options: PinLimitOptions) {
    this.#options = options;
    this.#maxBytes = bytesOf(options.maxSizeInMb);
  }

  setLimit(maxSizeInMb: number): void {
    this.#maxBytes = bytesOf(maxSizeInMb);
  }

  /** Looks how full it is. @throws BrokerError of the index */
  check(): void {
    const { catalogue, logger, onChange } = this.#options;
    const pinned = catalogue.pinned();
    const isFull = pinned.bytes >= this.#maxBytes * fullFrom;
    if (isFull === this.#wasFull) return;
    this.#wasFull = isFull;
    const fill = { ...pinned, maxBytes: this.#maxBytes, isFull };
    if (isFull)
      logger.warn(fill, 'Pinned studies fill the cache: other studies leave it as soon as they were sent.');
    else logger.info(fill, 'Pinned studies leave room in the cache again.');
    onChange?.(fill);
  }
}

/** 0 is no limit. */
function bytesOf(maxSizeInMb: number): number {
  return maxSizeInMb > 0 ? maxSizeInMb * 1024 * 1024 : Infinity;
}

/** How it is told to people. */
export function pinFillReport({ isFull, studies, bytes, maxBytes }: PinFill): HealthReport {
  if (!isFull) return { state: 'working' };
  const inMb = (count: number): string => String(Math.round(count / (1024 * 1024)));
  return {
    state: 'limited',
    reason: `The ${studies} pinned studies take ${inMb(bytes)} of the ${inMb(maxBytes)} MB that the cache may hold. Other studies leave it as soon as they were sent.`,
    remedy: 'Unpin studies that need not stay, or raise scp.cache_max_size_in_mb.',
  };
}
