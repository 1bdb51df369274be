import type { SettingType } from './setting-type.ts';

/** The headings under which settings are shown: in forms, in the sample file and in the manual. */
export const groups = {
  'archive-query': 'The archive: queries (C-FIND)',
  'archive-retrieve': 'The archive: retrieval (C-MOVE, C-GET)',
  'archive-store': 'The archive: storing (C-STORE)',
  http: 'HTTP server',
  qido: 'Queries of DICOMweb clients (QIDO-RS)',
  wado: 'Retrieval by DICOMweb clients (WADO-RS)',
  stow: 'Storing by DICOMweb clients (STOW-RS)',
  scp: 'Receiving images (C-STORE SCP)',
  cache: 'Cache',
  dimse: 'Connections to the archive',
  archives: 'Several archives',
  control: 'User interface and its API',
  log: 'Log',
} as const;

type Group = keyof typeof groups;

/** One setting, as its section of the schema states it. */
export interface SettingDefinition<Value> {
  readonly group: Group;
  readonly type: SettingType<Value>;
  /** Absent where the setting is required, or `defaultsTo` stands instead. */
  readonly default?: Value;
  /** The property of the setting whose value counts where this one is left out; instead of a default. */
  readonly defaultsTo?: string;
  /** What it is for, in plain words: sentences on one line. */
  readonly help: string;
}

/** A setting that describes an archive: each one beside `default` has a value of its own. */
export interface ArchiveSettingDefinition<Value> extends SettingDefinition<Value> {
  /**
   * What a further archive takes where it leaves the setting out: its own value of another setting, or
   * that of archive `default`. Absent: as the setting itself says by `defaultsTo` or `default`.
   */
  readonly perArchive: { readonly otherwise?: string };
}

/** Stands for "what archive `default` has" in `otherwise`. */
export const asDefaultArchive = 'as archive default';

/** States one setting; the type of its value follows from `type`. */
export function setting<Value>(definition: {
  group: Group;
  type: SettingType<Value>;
  default?: NoInfer<Value>;
  defaultsTo?: string;
  help: string;
}): SettingDefinition<Value> {
  return definition;
}

/**
 * States a setting that every archive has: `qido.remote_ae` of archive `default`,
 * `archives.{name}.qido.remote_ae` of the others.
 */
export function archiveSetting<Value>(definition: {
  group: Group;
  type: SettingType<Value>;
  default?: NoInfer<Value>;
  defaultsTo?: string;
  help: string;
  /** A setting that stands before this one in the schema, or `asDefaultArchive`. */
  otherwise?: string;
}): ArchiveSettingDefinition<Value> {
  const { otherwise, ...stated } = definition;
  return { ...stated, perArchive: otherwise === undefined ? {} : { otherwise } };
}

/** The environment variable of a property: `wado.http_retry_after` is set by `WADO_HTTP_RETRY_AFTER`. */
export function variableName(property: string): string {
  return property.toUpperCase().replaceAll('.', '_');
}
