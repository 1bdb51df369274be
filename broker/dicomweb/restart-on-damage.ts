import type { Response } from 'express';
import type { Cache } from '../cache/cache.ts';
import { UnreadableInstanceError } from '../cache/metadata.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';

/** How often an answer is begun anew because a cached file turned out to be damaged before a byte had left. */
const maxRestarts = 3;

export interface RestartOptions {
  readonly response: Response;
  readonly cache: Cache;
  readonly retrieval: Retrieval;
}

/**
 * Answers a request; where a cached file turns out to be damaged, it is dropped, and the answer is begun
 * anew with a file that the archive sends again, as long as nothing has left.
 * @throws what the attempt throws
 */
export async function restartOnDamage(options: RestartOptions, attempt: () => Promise<void>): Promise<void> {
  const { response, cache, retrieval } = options;
  for (let restart = 0; ; restart += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!response.headersSent) {
        for (const name of ['ETag', 'Cache-Control', 'Content-Length', 'Warning'])
          response.removeHeader(name);
      }
      if (!(error instanceof UnreadableInstanceError) || error.code !== 'cache-damaged') throw error;
      cache.discard(error.instance, error.message);
      retrieval.lost(error.instance);
      if (response.headersSent || restart >= maxRestarts) throw error;
    }
  }
}
