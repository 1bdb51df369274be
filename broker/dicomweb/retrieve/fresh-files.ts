import type { Response } from 'express';
import type { Cache } from '../../cache/cache.ts';
import { UnreadableInstanceError } from '../../cache/metadata.ts';
import type { Retrieval } from '../../retrieval/retrieval.ts';

export interface FreshFilesOptions {
  readonly cache: Cache;
  readonly retrieval: Retrieval;
  readonly response: Response;
}

/** How often an answer is begun anew because a cached file turned out to be damaged before a byte had left. */
const maxRestarts = 3;
/** What an answer that is begun anew must not keep of the first. */
const headersOfAnswer = [
  'Accept-Ranges',
  'Cache-Control',
  'Content-Length',
  'Content-Range',
  'Content-Type',
  'ETag',
  'Warning',
];

/**
 * Answers, where a cached file is damaged once more without it: it is dropped, so that the archive sends
 * the instance again.
 * @param attempt throws UnreadableInstanceError where a file is damaged
 * @throws what `attempt` throws, where its answer has begun or files are damaged again and again
 */
export async function withFreshFiles(
  { cache, retrieval, response }: FreshFilesOptions,
  attempt: () => Promise<void>,
): Promise<void> {
  for (let restart = 0; ; restart += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!response.headersSent) for (const name of headersOfAnswer) response.removeHeader(name);
      if (!(error instanceof UnreadableInstanceError) || error.code !== 'cache-damaged') throw error;
      cache.discard(error.instance, error.message);
      retrieval.lost(error.instance);
      if (response.headersSent || restart >= maxRestarts) throw error;
    }
  }
}
