import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isIndexDamage, removeIndexDatabase } from './index-database.ts';
import type { MadeMetadata } from './made-metadata.ts';
import type { NamedStudy } from './metadata-protocol.ts';
import type { StoredInstance } from './stored-instance.ts';

/** Raised with every change of the table, or of what is stored in it: another version is thrown away. */
const version = 1;

/** The places stand before the text: what comes behind a long value is slow to reach. */
const schema = `
  CREATE TABLE metadata (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    series TEXT NOT NULL,
    instance TEXT NOT NULL,
    size INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    places BLOB NOT NULL,
    text BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX metadata_by_name ON metadata (archive, study, series, instance);
`;
const ofFile = 'archive = ? AND study = ? AND series = ? AND instance = ? AND size = ? AND crc32 = ?';
/** Pages of 4 KiB that are given back to the file system after a removal. */
const pagesToFree = 4096;
/** Pages of a database that has no file. */
const memoryPages = 16_384;

interface Statements {
  readonly has: StatementSync;
  readonly text: StatementSync;
  readonly places: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
  readonly studies: StatementSync;
}

/**
 * Metadata by instance and version of its file, in a file of its own beside the cache's index. It holds
 * nothing that cannot be made again: what is damaged or of another version is thrown away, and where it
 * cannot be written nothing is kept.
 */
export class MetadataDatabase {
  readonly #path: string;
  readonly #report: (problem: string, cause: unknown) => void;
  #database: DatabaseSync;
  #sql: Statements;

  constructor(path: string, report: (problem: string, cause: unknown) => void) {
    this.#path = path;
    this.#report = report;
    this.#database = this.#open();
    this.#sql = statements(this.#database);
  }

  has(instance: StoredInstance): boolean {
    return this.#safely(() => this.#sql.has.get(...keyOf(instance)) !== undefined) ?? false;
  }

  text(instance: StoredInstance): Uint8Array | undefined {
    return this.#safely(() => blob(this.#sql.text.get(...keyOf(instance))?.['text']));
  }

  places(instance: StoredInstance): Uint8Array | undefined {
    return this.#safely(() => blob(this.#sql.places.get(...keyOf(instance))?.['places']));
  }

  /** Takes the place of what there was of another version of the file. Written by the next `commit`. */
  put(instance: StoredInstance, { places, text }: MadeMetadata): void {
    this.#safely(() => {
      if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE');
      this.#sql.put.run(...keyOf(instance), places, text);
    });
  }

  commit(): void {
    this.#safely(() => {
      if (this.#database.isTransaction) this.#database.exec('COMMIT');
    });
  }

  removeStudies(studies: readonly NamedStudy[]): void {
    this.#safely(() => {
      if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE');
      for (const { archive, study } of studies) this.#sql.remove.run(archive, study);
      this.#database.exec('COMMIT');
      this.#database.exec(`PRAGMA incremental_vacuum(${pagesToFree})`);
    });
  }

  /** Up to 256 studies that follow the given one. */
  studiesAfter({ archive, study }: NamedStudy): NamedStudy[] {
    const rows = this.#safely(() => this.#sql.studies.all(archive, study)) ?? [];
    return rows.map((row) => ({ archive: String(row['archive']), study: String(row['study']) }));
  }

  close(): void {
    this.commit();
    this.#database.close();
  }

  /** Undefined where it failed. A database that turns out to be damaged is made anew. */
  #safely<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      if (isIndexDamage(thrown)) {
        this.#database.close();
        this.#database = this.#open();
        this.#sql = statements(this.#database);
      } else {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        this.#report('Metadata cannot be kept and is made again when it is asked for', thrown);
      }
      return undefined;
    }
  }

  #open(): DatabaseSync {
    try {
      const database = opened(this.#path);
      if (isSound(database)) return database;
      database.close();
      this.#report('The metadata database is damaged or of another version, and is made anew', undefined);
    } catch (thrown) {
      this.#report('The metadata database cannot be opened, and is made anew', thrown);
    }
    try {
      removeIndexDatabase(this.#path);
      return opened(this.#path);
    } catch (thrown) {
      this.#report('There can be no metadata database: metadata is kept in memory', thrown);
      return opened(':memory:', memoryPages);
    }
  }
}

/** A new file gets its table. A crash may take the last transactions with it: they are made again. */
function opened(path: string, maxPages?: number): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    const isNew = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0;
    if (isNew) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT`);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function isSound(database: DatabaseSync): boolean {
  if (database.prepare('PRAGMA user_version').get()?.['user_version'] !== version) return false;
  statements(database);
  return true;
}

function statements(database: DatabaseSync): Statements {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    has: sql(`SELECT 1 FROM metadata WHERE ${ofFile}`),
    text: sql(`SELECT text FROM metadata WHERE ${ofFile}`),
    places: sql(`SELECT places FROM metadata WHERE ${ofFile}`),
    put: sql(
      'INSERT OR REPLACE INTO metadata (archive, study, series, instance, size, crc32, places, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    remove: sql('DELETE FROM metadata WHERE archive = ? AND study = ?'),
    studies: sql(
      'SELECT DISTINCT archive, study FROM metadata WHERE (archive, study) > (?, ?) ORDER BY archive, study LIMIT 256',
    ),
  };
}

function keyOf({
  archive,
  study,
  series,
  instance,
  size,
  crc32,
}: StoredInstance): [string, string, string, string, number, number] {
  return [archive, study, series, instance, size, crc32];
}

function blob(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
