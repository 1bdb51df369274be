import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StudySort } from './study-summary.ts';

const columns = `s.archive, s.study, s.instances, s.bytes, s.last_used_at, s.first_received_at,
  coalesce(d.patient_name, '') AS patient_name, coalesce(d.patient_id, '') AS patient_id,
  coalesce(d.study_date, '') AS study_date, coalesce(d.description, '') AS description,
  coalesce(d.modalities, '') AS modalities`;
const studies = `study s LEFT JOIN study_summary d ON d.archive = s.archive AND d.study = s.study`;
const ofStudy = 'archive = $archive AND study = $study';

/** Each of the words `$word0`, `$word1`, … is somewhere in what the study says or in its UID. */
function matches(words: number): string {
  const conditions = Array.from({ length: words }, (_, index) => {
    const word = `$word${index}`;
    return `(instr(coalesce(d.search, ''), ${word}) > 0 OR instr(s.study, ${word}) > 0)`;
  });
  return ['TRUE', ...conditions].join(' AND ');
}

/** One expression for each sort. The one by state needs `$receiving`, a JSON array; the others do not look at it. */
const sortKeys: Readonly<Record<StudySort, string>> = {
  patient: `coalesce(d.patient_key, '')`,
  id: `coalesce(d.patient_id, '') COLLATE NOCASE`,
  date: `coalesce(d.study_date, '')`,
  description: `coalesce(d.description, '') COLLATE NOCASE`,
  modality: `coalesce(d.modalities, '')`,
  instances: 's.instances',
  size: 's.bytes',
  age: 's.last_used_at',
  state: `CASE WHEN s.archive || '/' || s.study IN (SELECT value FROM json_each($receiving)) THEN 0
    WHEN EXISTS (SELECT 1 FROM complete c WHERE c.archive = s.archive AND c.study = s.study AND c.resource = s.study)
    THEN 2 ELSE 1 END`,
};

/** The series of a study, each by one step in the index of instances instead of a walk over all of them. */
const seriesOfStudy = `
  WITH RECURSIVE found (series) AS (
    SELECT min(series) FROM instance WHERE ${ofStudy}
    UNION ALL
    SELECT (SELECT min(i.series) FROM instance i
      WHERE i.archive = $archive AND i.study = $study AND i.series > found.series)
    FROM found WHERE found.series IS NOT NULL
  )`;

/** The statements that list studies, prepared once. Values are only ever bound, never part of the text. */
export interface CatalogueStatements {
  readonly page: (list: { sort: StudySort; descending: boolean; words: number }) => StatementSync;
  readonly count: (words: number) => StatementSync;
  readonly one: StatementSync;
  readonly details: StatementSync;
  readonly series: StatementSync;
  readonly instances: StatementSync;
  readonly undescribed: StatementSync;
  readonly hasSeries: StatementSync;
  readonly isDescribed: StatementSync;
  readonly describeSeries: StatementSync;
  readonly summary: StatementSync;
  readonly modalities: StatementSync;
  readonly summarise: StatementSync;
  readonly pin: StatementSync;
  readonly unpin: StatementSync;
  readonly isPinned: StatementSync;
  readonly pinned: StatementSync;
}

export function prepareCatalogue(database: DatabaseSync): CatalogueStatements {
  const sql = (text: string): StatementSync => database.prepare(text);
  // As many as there are sorts, both ways, for each number of words: prepared when they are first asked for.
  const lists = new Map<string, StatementSync>();
  const kept = (text: string): StatementSync => {
    const known = lists.get(text) ?? sql(text);
    lists.set(text, known);
    return known;
  };
  return {
    page: ({ sort, descending, words }) => {
      const order = `${sortKeys[sort]} ${descending ? 'DESC' : 'ASC'}`;
      // The receiving studies are an operand of every page, so that all pages are called alike.
      return kept(`SELECT ${columns} FROM ${studies} WHERE ${matches(words)} AND $receiving IS NOT NULL
        ORDER BY ${order}, s.archive, s.study LIMIT $limit OFFSET $offset`);
    },
    count: (words) =>
      kept(`SELECT count(*) AS total FROM ${words === 0 ? 'study s' : studies} WHERE ${matches(words)}`),
    one: sql(`SELECT ${columns} FROM ${studies} WHERE s.archive = $archive AND s.study = $study`),
    details: sql(`${seriesOfStudy} SELECT count(series) AS series,
      EXISTS (SELECT 1 FROM complete WHERE ${ofStudy} AND resource = $study) AS is_complete,
      EXISTS (SELECT 1 FROM pin WHERE ${ofStudy}) AS is_pinned FROM found`),
    series:
      sql(`SELECT i.series, count(*) AS instances, sum(i.size) AS bytes, coalesce(d.modality, '') AS modality,
        coalesce(d.number, '') AS number, coalesce(d.description, '') AS description
      FROM instance i LEFT JOIN series_summary d USING (archive, study, series)
      WHERE i.archive = $archive AND i.study = $study GROUP BY i.series
      ORDER BY CAST(number AS INTEGER), i.series`),
    instances: sql(`SELECT instance, received_at FROM instance WHERE ${ofStudy} AND series = $series`),
    undescribed: sql(`${seriesOfStudy} SELECT series, (
        SELECT instance FROM instance i
        WHERE i.archive = $archive AND i.study = $study AND i.series = found.series LIMIT 1
      ) AS instance
      FROM found WHERE series IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM series_summary d
        WHERE d.archive = $archive AND d.study = $study AND d.series = found.series
      ) LIMIT $limit`),
    hasSeries: sql(`SELECT 1 FROM instance WHERE ${ofStudy} AND series = $series LIMIT 1`),
    isDescribed: sql(`SELECT 1 FROM series_summary WHERE ${ofStudy} AND series = $series`),
    describeSeries: sql(
      'INSERT OR REPLACE INTO series_summary VALUES ($archive, $study, $series, $modality, $number, $description)',
    ),
    summary: sql(`SELECT * FROM study_summary WHERE ${ofStudy}`),
    modalities: sql(
      `SELECT DISTINCT modality FROM series_summary WHERE ${ofStudy} AND modality <> '' ORDER BY modality LIMIT 32`,
    ),
    summarise: sql(`INSERT OR REPLACE INTO study_summary VALUES ($archive, $study, $patientName, $patientKey,
      $patientId, $studyDate, $description, $modalities, $search)`),
    pin: sql('INSERT OR IGNORE INTO pin VALUES ($archive, $study, $at)'),
    unpin: sql(`DELETE FROM pin WHERE ${ofStudy}`),
    isPinned: sql(`SELECT 1 FROM pin WHERE ${ofStudy}`),
    pinned: sql(
      'SELECT count(*) AS studies, total(s.bytes) AS bytes FROM pin JOIN study s USING (archive, study)',
    ),
  };
}
