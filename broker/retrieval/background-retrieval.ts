import { setTimeout as sleep } from 'node:timers/promises';
import { toBrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Logger } from '../observe/logger.ts';
import type { InstanceSource } from './instance-source.ts';
import type { Retrieval } from './retrieval.ts';

export interface BackgroundRetrievalOptions {
  readonly retrieval: Pick<Retrieval, 'open'>;
  readonly source: InstanceSource;
  readonly resource: Resource;
  readonly logger: Logger;
}

/** It may be cancelled like any other; nobody leaves. */
const never = new AbortController().signal;
/** How often an archive that has sent nothing yet is waited for anew: the retrieval itself gives up sooner. */
const mostWaits = 1000;
const waitMs = 1_000;

/**
 * Retrieves into the cache what nobody waits for, as a client that takes all and keeps nothing. Settles when
 * it is over, however that ends: the retrieval is shown, and logged, like all others. Never rejects.
 */
export async function retrieveInBackground(options: BackgroundRetrievalOptions): Promise<void> {
  const { source, resource, logger } = options;
  try {
    for (let wait = 0; wait < mostWaits; wait += 1) {
      if (await isOver(options)) return;
      await sleep(waitMs, undefined, { ref: false });
    }
  } catch (thrown) {
    const { code, message } = toBrokerError(thrown);
    logger.warn(
      { archive: source.name, study: resource.study, code },
      `Not all of a study was fetched again: ${message}`,
    );
  }
}

/** False where the archive has been asked but has sent nothing yet. @throws BrokerError of the retrieval */
async function isOver({ retrieval, source, resource }: BackgroundRetrievalOptions): Promise<boolean> {
  try {
    using opened = await retrieval.open(source, resource, never);
    if (opened.kind === 'partial') return true;
    for await (const _ of opened.instances) continue;
    return true;
  } catch (thrown) {
    if (toBrokerError(thrown).code === 'retrieve-pending') return false;
    throw thrown;
  }
}
