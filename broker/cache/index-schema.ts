/** Raised with every change of the tables below, with a step in `migrations` that leads from the one before. */
export const schemaVersion = 2;

/** What is kept of each study and series to be listed: filled from the data sets after they have arrived. */
const summaries = `
  CREATE TABLE study_summary (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    patient_name TEXT NOT NULL,
    patient_key TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    study_date TEXT NOT NULL,
    description TEXT NOT NULL,
    modalities TEXT NOT NULL,
    search TEXT NOT NULL,
    PRIMARY KEY (archive, study)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE series_summary (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    series TEXT NOT NULL,
    modality TEXT NOT NULL,
    number TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (archive, study, series)
  ) STRICT, WITHOUT ROWID;
`;

/** Studies that stay in the cache. A row outlives its study: one that is damaged and comes again is pinned still. */
const pins = `
  CREATE TABLE pin (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (archive, study)
  ) STRICT, WITHOUT ROWID;
`;

/** The tables of a new index. */
export const schema = `
  CREATE TABLE instance (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    series TEXT NOT NULL,
    instance TEXT NOT NULL,
    sop_class TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    size INTEGER NOT NULL,
    data_set_offset INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (archive, study, series, instance)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE study (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    instances INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    first_received_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (archive, study)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX study_by_use ON study (last_used_at);
  CREATE TABLE complete (
    archive TEXT NOT NULL,
    study TEXT NOT NULL,
    resource TEXT NOT NULL,
    level TEXT NOT NULL,
    instance_count INTEGER NOT NULL,
    completed_at INTEGER NOT NULL,
    PRIMARY KEY (archive, study, resource)
  ) STRICT, WITHOUT ROWID;
  ${summaries}
  ${pins}
`;

/** What leads from the version of the key to the next one. Older ones are made anew from the files. */
export const migrations: Readonly<Record<number, string>> = {
  1: `
    ALTER TABLE study ADD COLUMN first_received_at INTEGER NOT NULL DEFAULT 0;
    UPDATE study SET first_received_at = coalesce((
      SELECT min(received_at) FROM instance
      WHERE instance.archive = study.archive AND instance.study = study.study
    ), last_used_at);
    ${summaries}
    ${pins}
  `,
};
