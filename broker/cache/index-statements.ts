import type { DatabaseSync, StatementSync } from 'node:sqlite';

const name = 'archive = ? AND study = ? AND series = ? AND instance = ?';
const columns =
  'archive, study, series, instance, sop_class, transfer_syntax, size, data_set_offset, crc32, arrival';

/** The index's statements, prepared once. Values are only ever bound, never part of the text. */
export interface IndexStatements {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
  readonly sizeOf: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
  readonly removeStudyInstances: StatementSync;
  readonly ofStudy: StatementSync;
  readonly ofSeries: StatementSync;
  readonly one: StatementSync;
  readonly anyOfSeries: StatementSync;
  readonly lastArrival: StatementSync;
  readonly growStudy: StatementSync;
  readonly shrinkStudy: StatementSync;
  readonly removeStudy: StatementSync;
  readonly useStudy: StatementSync;
  readonly noFutureUse: StatementSync;
  readonly study: StatementSync;
  readonly studiesByUse: StatementSync;
  readonly studiesAfter: StatementSync;
  readonly oldestUse: StatementSync;
  readonly totals: StatementSync;
  readonly mark: StatementSync;
  readonly isMarked: StatementSync;
  readonly unmark: StatementSync;
  readonly unmarkStudy: StatementSync;
  readonly removeStudySummary: StatementSync;
  readonly removeSeriesSummaries: StatementSync;
}

/** Prepares every statement of the index. */
export function prepareStatements(database: DatabaseSync): IndexStatements {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    rollback: sql('ROLLBACK'),
    sizeOf: sql(`SELECT size FROM instance WHERE ${name}`),
    put: sql(
      `INSERT OR REPLACE INTO instance (${columns}, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: sql(`DELETE FROM instance WHERE ${name}`),
    removeStudyInstances: sql('DELETE FROM instance WHERE archive = ? AND study = ?'),
    ofStudy: sql(`SELECT ${columns} FROM instance WHERE archive = ? AND study = ? ORDER BY arrival`),
    ofSeries: sql(
      `SELECT ${columns} FROM instance WHERE archive = ? AND study = ? AND series = ? ORDER BY arrival`,
    ),
    one: sql(`SELECT ${columns} FROM instance WHERE ${name}`),
    anyOfSeries: sql('SELECT 1 FROM instance WHERE archive = ? AND study = ? AND series = ? LIMIT 1'),
    lastArrival: sql('SELECT max(arrival) AS arrival FROM instance'),
    growStudy: sql(
      `INSERT INTO study (archive, study, instances, bytes, last_used_at, first_received_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET instances = instances + excluded.instances, bytes = bytes + excluded.bytes,
       last_used_at = max(last_used_at, excluded.last_used_at) RETURNING instances`,
    ),
    shrinkStudy: sql(
      'UPDATE study SET instances = instances - ?, bytes = bytes - ? WHERE archive = ? AND study = ? RETURNING instances',
    ),
    removeStudy: sql('DELETE FROM study WHERE archive = ? AND study = ?'),
    useStudy: sql('UPDATE study SET last_used_at = max(last_used_at, ?) WHERE archive = ? AND study = ?'),
    noFutureUse: sql('UPDATE study SET last_used_at = ?1 WHERE last_used_at > ?1'),
    study: sql('SELECT * FROM study WHERE archive = ? AND study = ?'),
    studiesByUse: sql(
      `SELECT * FROM study WHERE last_used_at <= ? AND (archive, study) NOT IN (SELECT archive, study FROM pin)
       ORDER BY last_used_at LIMIT ? OFFSET ?`,
    ),
    studiesAfter: sql('SELECT * FROM study WHERE (archive, study) > (?, ?) ORDER BY archive, study LIMIT ?'),
    oldestUse: sql('SELECT min(last_used_at) AS oldest FROM study'),
    totals: sql(
      'SELECT count(*) AS studies, total(instances) AS instances, total(bytes) AS bytes FROM study',
    ),
    mark: sql('INSERT OR REPLACE INTO complete VALUES (?, ?, ?, ?, ?, ?)'),
    isMarked: sql('SELECT 1 FROM complete WHERE archive = ? AND study = ? AND resource IN (?, ?) LIMIT 1'),
    unmark: sql('DELETE FROM complete WHERE archive = ? AND study = ? AND resource IN (?, ?)'),
    unmarkStudy: sql('DELETE FROM complete WHERE archive = ? AND study = ?'),
    removeStudySummary: sql('DELETE FROM study_summary WHERE archive = ? AND study = ?'),
    removeSeriesSummaries: sql('DELETE FROM series_summary WHERE archive = ? AND study = ?'),
  };
}
