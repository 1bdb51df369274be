import type { ProblemBook } from '../../observe/problem-book.ts';
import type { GatewayState } from '../contract/gateway-state.ts';
import type { GatewayLifecycle, GatewayParts } from '../control-services.ts';
import { DiskSpace } from './disk-space.ts';
import { archiveStates, dicomwebState, healthOf, receiverState } from './part-states.ts';
import type { RetrievalRates } from './retrieval-rates.ts';
import { RetrievalStates } from './retrieval-states.ts';

export interface SnapshotOptions {
  readonly version: string;
  readonly lifecycle: GatewayLifecycle;
  readonly problems: ProblemBook;
  readonly rates: RetrievalRates;
}

/** Sums over the cache cost a query. */
const cacheEveryMs = 1_000;

/** Puts together all that the overview shows. */
export class GatewaySnapshot {
  readonly #options: SnapshotOptions;
  readonly #retrievals: RetrievalStates;
  readonly #disk = new DiskSpace();
  #cache: { readonly of: GatewayParts['cache']; readonly at: number; readonly state: CacheState } | undefined;

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#retrievals = new RetrievalStates(options.rates);
  }

  take(): GatewayState {
    const { version, lifecycle, problems } = this.#options;
    const { phase, phaseReasons, parts, startedAt } = lifecycle;
    return {
      version,
      phase,
      phaseReasons: [...phaseReasons],
      startedAt: startedAt.toISOString(),
      health: this.#health(),
      archives: parts === undefined ? [] : archiveStates(parts),
      ...(parts === undefined
        ? {}
        : { receiver: receiverState(parts), dicomweb: dicomwebState(parts), cache: this.#cacheState(parts) }),
      retrievals: parts === undefined ? [] : this.#retrievals.of(parts),
      problems: problems.list(),
    };
  }

  /** While nothing runs nothing works; what starts or stops is on its way. */
  #health(): GatewayState['health'] {
    const { phase, parts } = this.#options.lifecycle;
    const isOnItsWay = phase === 'starting' || phase === 'stopping';
    if (parts === undefined || phase === 'unconfigured' || phase === 'failed')
      return { state: isOnItsWay ? 'limited' : 'not-working', components: [] };
    const health = healthOf(parts.health.summary());
    return isOnItsWay && health.state === 'working' ? { ...health, state: 'limited' } : health;
  }

  #cacheState({ cache, config }: GatewayParts): CacheState {
    const now = performance.now();
    if (this.#cache?.of !== cache || now - this.#cache.at >= cacheEveryMs) {
      const { studies, instances, bytes, oldestUse } = cache.statistics();
      const state = {
        directory: cache.directory,
        bytes,
        maxBytes: config.scp.cacheMaxSizeInMb * 1024 * 1024,
        studies,
        instances,
        ...(oldestUse === undefined ? {} : { oldestUseAt: new Date(oldestUse).toISOString() }),
      };
      this.#cache = { of: cache, at: now, state };
    }
    const diskFreeBytes = this.#disk.free(cache.directory, now);
    return { ...this.#cache.state, ...(diskFreeBytes === undefined ? {} : { diskFreeBytes }) };
  }
}

type CacheState = NonNullable<GatewayState['cache']>;
