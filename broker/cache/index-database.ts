import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import { migrations, schema, schemaVersion } from './index-schema.ts';

/** SQLite result codes that matter here (https://www.sqlite.org/rescode.html). */
const resultCode = { busy: 5, corrupt: 11, full: 13, notADatabase: 26 } as const;

/**
 * Opens the index, alone: the lock on it is held until it is closed, and the operating system lets go
 * of it when the process dies. An index of an older version is brought up to this one. Where there is no
 * way it is made anew; what is lost with it is which studies and series were complete, so that these are
 * fetched again, and which studies were pinned.
 * @throws BrokerError `configuration` where another process has it open, `disk-full`, or `internal`,
 *   for which `isIndexDamage` tells whether making it anew helps
 */
export function openIndexDatabase(path: string, logger: CacheLogger): DatabaseSync {
  try {
    return openOrRebuild(path, logger);
  } catch (thrown) {
    if (resultCodeOf(thrown) !== resultCode.busy) throw indexError(thrown);
    throw new BrokerError(
      'configuration',
      `The cache index ${path} is in use by another process. Each broker needs a cache directory of its own.`,
      { cause: thrown },
    );
  }
}

/** Anything that SQLite threw, as a BrokerError: `disk-full` or `internal`. */
export function indexError(thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  if (resultCodeOf(thrown) === resultCode.full) {
    const message = 'The cache index cannot be written: the disk of the cache directory is full.';
    return new BrokerError('disk-full', message, { cause: thrown });
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new BrokerError('internal', `The cache index failed: ${reason}.`, { cause: thrown });
}

/** True where what was thrown says that the index itself is damaged. */
export function isIndexDamage(thrown: unknown): boolean {
  const cause = thrown instanceof BrokerError ? thrown.cause : thrown;
  const code = resultCodeOf(cause);
  return code === resultCode.corrupt || code === resultCode.notADatabase;
}

/** Removes the index and what SQLite keeps beside it. */
export function removeIndexDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function openOrRebuild(path: string, logger: CacheLogger): DatabaseSync {
  const database = openLocked(path);
  const version = versionOf(database);
  if (version === schemaVersion) return database;
  if (version === 0) return withSchema(database);
  if (isMigrated(database, version, logger)) return database;
  database.close();
  logger.warn(
    { path, version, needed: schemaVersion },
    'The cache index is of another version and is made anew; what was complete is fetched again, and no study is pinned any more.',
  );
  removeIndexDatabase(path);
  return withSchema(openLocked(path));
}

/** False where no way leads from that version to ours, or it fails: nothing is changed then. */
function isMigrated(database: DatabaseSync, version: number, logger: CacheLogger): boolean {
  try {
    for (let from = version; from < schemaVersion; from += 1) {
      const step = migrations[from];
      if (step === undefined) return false;
      database.exec(`BEGIN; ${step} PRAGMA user_version = ${from + 1}; COMMIT`);
    }
    return version < schemaVersion;
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK');
    if (resultCodeOf(thrown) === resultCode.full) throw thrown;
    logger.warn(
      { err: thrown, version },
      'The cache index cannot be brought up to the version of the gateway.',
    );
    return false;
  }
}

/**
 * NORMAL never damages the index: a power cut may take the last transactions, which the files make up
 * for. An exclusive lock spares the shared memory file, and keeps a second broker out.
 */
function openLocked(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function withSchema(database: DatabaseSync): DatabaseSync {
  database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
  return database;
}

/** The primary result code: the lower byte of SQLite's extended one. */
function resultCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number')
    return undefined;
  return thrown.errcode & 0xff;
}
