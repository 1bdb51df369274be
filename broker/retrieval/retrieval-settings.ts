import type { Config } from '../config/config.ts';

/** The settings of retrievals, in the units that the code counts in. */
export interface RetrievalSettings {
  /** Wait for the first instance before the client is sent away to come back later. */
  readonly firstInstanceTimeoutMs: number;
  /** What the client is told then. */
  readonly retryAfterInSecs: number;
  /** Silence after which what is missing no longer counts as on its way. */
  readonly lateArrivalMs: number;
  /** The first included. */
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly ignoreMissing: boolean;
  /** A retrieval that nobody waits for is cancelled after this. */
  readonly cancelGraceMs: number;
  /** Age at which what is cached is compared with the archive again before it passes for whole. */
  readonly recheckAfterMs: number;
}

export function retrievalSettings(wado: Config['wado']): RetrievalSettings {
  return {
    firstInstanceTimeoutMs: wado.firstInstanceTimeoutInSecs * 1000,
    retryAfterInSecs: wado.httpRetryAfter,
    lateArrivalMs: wado.retrieveTimeoutInSecs * 1000,
    maxAttempts: 1 + wado.maxRetryAttempts,
    retryDelayMs: wado.retryDelayInSecs * 1000,
    ignoreMissing: wado.ignoreMissingObjects,
    cancelGraceMs: wado.cancelGraceInSecs * 1000,
    recheckAfterMs: wado.recheckAfterInSecs * 1000,
  };
}
