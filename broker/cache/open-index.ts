import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import { isIndexDamage, openIndexDatabase, removeIndexDatabase } from './index-database.ts';
import { InstanceIndex } from './instance-index.ts';
import { incomingDirectory, instancesDirectory, trashDirectory } from './instance-path.ts';
import { reconcile } from './reconcile.ts';

interface OpenOptions {
  readonly directory: string;
  readonly logger: CacheLogger;
  readonly now?: () => number;
}

/**
 * Opens the index of a cache directory and makes it agree with the files. Throws away what was being
 * received or removed when the last process ended.
 * @throws BrokerError `configuration` where the directory cannot be used, or another broker uses it
 */
export async function openIndex(options: OpenOptions): Promise<InstanceIndex> {
  const { directory, logger } = options;
  const path = join(directory, 'index.sqlite');
  await usable(directory, mkdir(instancesDirectory(directory), { recursive: true, mode: 0o750 }));
  try {
    return await openReconciled(path, options);
  } catch (thrown) {
    if (!isIndexDamage(thrown)) throw toBrokerError(thrown);
    logger.warn({ path }, 'The cache index is damaged and is made anew; what was complete is fetched again.');
    removeIndexDatabase(path);
    return await openReconciled(path, options);
  }
}

async function openReconciled(path: string, options: OpenOptions): Promise<InstanceIndex> {
  const { directory, logger, now = Date.now } = options;
  const database: DatabaseSync = openIndexDatabase(path, logger);
  try {
    await usable(directory, emptyWorkingDirectories(directory));
    const index = new InstanceIndex(database, directory);
    const startedAt = performance.now();
    const result = await reconcile({ cacheDir: directory, index, logger, now: now() });
    const ms = Math.round(performance.now() - startedAt);
    logger.info({ directory, ms, ...index.totals, ...result }, 'The cache is open.');
    return index;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

async function emptyWorkingDirectories(directory: string): Promise<void> {
  for (const working of [incomingDirectory(directory), trashDirectory(directory)]) {
    await rm(working, { recursive: true, force: true });
    await mkdir(working, { mode: 0o750 });
  }
}

async function usable(directory: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The cache directory ${directory} cannot be used: ${reason}.`;
    throw new BrokerError('configuration', message, { cause: thrown });
  }
}
