import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { join } from 'node:path';
import type { CacheLogger } from './cache-logger.ts';
import { removeIndexDatabase } from './index-database.ts';
import type { StoredInstance } from './stored-instance.ts';

export interface ThumbnailStoreOptions {
  /** Of the cache; `thumbnails.sqlite` in it belongs to this one broker. */
  readonly directory: string;
  readonly logger: CacheLogger;
  /** Bytes of pictures that are kept; beyond them those that were used longest ago go first. */
  readonly maxBytes?: number;
}

/** A picture that was made of an instance. */
export interface Thumbnail {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Raised with every change of the table, or of how pictures are made: another version is thrown away. */
const version = 1;
const defaultMaxBytes = 256 * 1024 * 1024;
/** A picture that is larger is no thumbnail. */
const largestThumbnail = 256 * 1024;
/** Pictures of up to so many bytes that are at hand in memory: those of a page of a viewer's study list. */
const mostRecent = 256;
const largestRecent = 16 * 1024;
/** Of what is there, this part goes at once, so that not each new picture costs a search. */
const partToFree = 0.1;

const schema = `
  CREATE TABLE thumbnail (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    series TEXT NOT NULL,
    instance TEXT NOT NULL,
    variant TEXT NOT NULL,
    size INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    used INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    picture BLOB NOT NULL,
    PRIMARY KEY (archive, study, series, instance, variant)
  ) STRICT;
  CREATE INDEX thumbnail_by_use ON thumbnail (used);
`;

/**
 * Small pictures of instances, kept beside the cache's index once they are made. It holds nothing that
 * cannot be made again: where the database cannot be used, nothing is kept.
 */
export class ThumbnailStore {
  readonly #logger: CacheLogger;
  readonly #maxBytes: number;
  readonly #database: DatabaseSync | undefined;
  #sql: ReturnType<typeof statements> | undefined;
  readonly #recent = new Map<string, Thumbnail>();
  #bytes = 0;
  /** Grows with each use, also over a restart. */
  #clock = 0;

  constructor({ directory, logger, maxBytes = defaultMaxBytes }: ThumbnailStoreOptions) {
    this.#logger = logger;
    this.#maxBytes = maxBytes;
    this.#database = openAnyhow(join(directory, 'thumbnails.sqlite'), logger);
    if (this.#database === undefined) return;
    this.#sql = statements(this.#database);
    const sums = this.#sql.sums.get() ?? {};
    this.#bytes = Number(sums['bytes'] ?? 0);
    this.#clock = Number(sums['used'] ?? 0);
  }

  /** Bytes of the pictures that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The picture that was made of this version of the instance's file. @param variant how it was made */
  get(instance: StoredInstance, variant: string): Thumbnail | undefined {
    const key = [...keyOf(instance, variant), instance.size, instance.crc32].join('/');
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const kept = this.#read(instance, variant);
    if (kept !== undefined) this.#remember(key, kept);
    return kept;
  }

  #read(instance: StoredInstance, variant: string): Thumbnail | undefined {
    return this.#safely((sql) => {
      const row = sql.get.get(...keyOf(instance, variant), instance.size, instance.crc32);
      if (row === undefined) return undefined;
      sql.use.run(++this.#clock, ...keyOf(instance, variant));
      return { mediaType: String(row['media_type']), bytes: row['picture'] as Uint8Array };
    });
  }

  /** Keeps a picture in the place of what was made of another version of the file. */
  put(instance: StoredInstance, variant: string, { mediaType, bytes }: Thumbnail): void {
    if (bytes.length > largestThumbnail) return;
    this.#safely((sql) => {
      this.#bytes -= Number(sql.remove.get(...keyOf(instance, variant))?.['bytes'] ?? 0);
      const { size, crc32 } = instance;
      sql.put.run(...keyOf(instance, variant), size, crc32, ++this.#clock, mediaType, bytes);
      this.#bytes += bytes.length;
      if (this.#bytes > this.#maxBytes) this.#free(sql);
    });
  }

  /** Forgets a study that has left the cache. */
  removeStudy(archive: string, study: string): void {
    const prefix = `${archive}/${study}/`;
    for (const key of this.#recent.keys()) if (key.startsWith(prefix)) this.#recent.delete(key);
    this.#safely((sql) => {
      for (const row of sql.removeStudy.all(archive, study)) this.#bytes -= Number(row['bytes']);
    });
  }

  /** Forgets every study that is not in the cache. */
  removeOthers(isCached: (archive: string, study: string) => boolean): void {
    const studies = this.#safely((sql) => sql.studies.all()) ?? [];
    for (const { archive, study } of studies) {
      if (!isCached(String(archive), String(study))) this.removeStudy(String(archive), String(study));
    }
  }

  /** Lets go of the database; nothing is kept from then on. */
  close(): void {
    this.#sql = undefined;
    this.#recent.clear();
    this.#database?.close();
  }

  #remember(key: string, thumbnail: Thumbnail): void {
    if (thumbnail.bytes.length > largestRecent) return;
    this.#recent.set(key, thumbnail);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > mostRecent && oldest !== undefined) this.#recent.delete(oldest);
  }

  #free(sql: ReturnType<typeof statements>): void {
    while (this.#bytes > this.#maxBytes * (1 - partToFree)) {
      const removed = sql.removeOldest.all();
      if (removed.length === 0) return;
      for (const row of removed) this.#bytes -= Number(row['bytes']);
    }
  }

  #safely<T>(work: (sql: ReturnType<typeof statements>) => T): T | undefined {
    if (this.#sql === undefined) return undefined;
    try {
      return work(this.#sql);
    } catch (thrown) {
      this.#logger.warn(
        { err: thrown },
        'A thumbnail cannot be kept, and is made again when it is asked for.',
      );
      return undefined;
    }
  }
}

function openAnyhow(path: string, logger: CacheLogger): DatabaseSync | undefined {
  for (const isAnew of [false, true]) {
    try {
      if (isAnew) removeIndexDatabase(path);
      return opened(path);
    } catch (thrown) {
      const message = isAnew
        ? 'Thumbnails cannot be kept: there can be no database of them.'
        : 'The database of thumbnails is damaged or of another version, and is made anew.';
      logger.warn({ err: thrown }, message);
    }
  }
  return undefined;
}

/** A power failure may take the last pictures with it: they are made again. */
function opened(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = OFF');
    const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
    const isNew = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0;
    if (isNew) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT`);
    else if (found !== version) throw new Error(`Its version is ${String(found)}, not ${version}.`);
    statements(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function statements(
  database: DatabaseSync,
): Readonly<
  Record<
    'get' | 'use' | 'put' | 'remove' | 'removeStudy' | 'removeOldest' | 'studies' | 'sums',
    StatementSync
  >
> {
  const one = 'archive = ? AND study = ? AND series = ? AND instance = ? AND variant = ?';
  const returning = 'RETURNING length(picture) AS bytes';
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    get: sql(`SELECT media_type, picture FROM thumbnail WHERE ${one} AND size = ? AND crc32 = ?`),
    use: sql(`UPDATE thumbnail SET used = ? WHERE ${one}`),
    put: sql('INSERT INTO thumbnail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: sql(`DELETE FROM thumbnail WHERE ${one} ${returning}`),
    removeStudy: sql(`DELETE FROM thumbnail WHERE archive = ? AND study = ? ${returning}`),
    removeOldest: sql(
      `DELETE FROM thumbnail WHERE rowid IN (SELECT rowid FROM thumbnail ORDER BY used LIMIT 64) ${returning}`,
    ),
    studies: sql('SELECT DISTINCT archive, study FROM thumbnail'),
    sums: sql('SELECT sum(length(picture)) AS bytes, max(used) AS used FROM thumbnail'),
  };
}

function keyOf(
  { archive, study, series, instance }: StoredInstance,
  variant: string,
): [string, string, string, string, string] {
  return [archive, study, series, instance, variant];
}
