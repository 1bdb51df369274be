import type { AeTitle } from '../domain/ae-title.ts';
import { defaultArchive } from './archive-name.ts';
import type { ArchiveValues, Property, SettingValues } from './schema.ts';

/** A DICOM application of the archive and the AE title under which the gateway calls it. */
export interface RemoteAe {
  readonly remoteAe: AeTitle;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localAe: AeTitle;
}

/** One archive: where its queries, its retrievals and what is stored go, and how images are asked for. */
export interface ArchiveConfig {
  readonly name: string;
  readonly qido: RemoteAe;
  readonly wado: RemoteAe;
  readonly stow: RemoteAe;
  readonly relationalQueries: SettingValues['qido.relational_queries'];
  /** As the attribute's whole value; '' for that of the archive's answers. */
  readonly characterSet: string;
  readonly retrieveMethod: SettingValues['wado.retrieve_method'];
}

/** The properties of `qido`, `wado` and `stow` that describe the archive instead of the web service. */
type RemoteAeProperty =
  `${'qido' | 'wado' | 'stow'}.${'remote_ae' | 'remote_host' | 'remote_port' | 'local_ae'}`;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type FieldName<P extends string, Section extends string> = P extends RemoteAeProperty
  ? never
  : P extends `${Section}.${infer Name}`
    ? CamelCase<Name>
    : never;

/** The settings of one section under camelCase names: `scp.cache_dir_path` is `scp.cacheDirPath`. */
type Section<Name extends string> = {
  readonly [P in Property as FieldName<P, Name>]: SettingValues[P];
};

/** The whole configuration, checked and frozen; each field is the setting of the same name. */
export interface Config {
  /** The first is `default`, from the flat properties; the others follow in the order of `archives.order`. */
  readonly archives: readonly ArchiveConfig[];
  readonly http: Section<'http'>;
  readonly qido: Section<'qido'>;
  readonly wado: Section<'wado'>;
  readonly stow: Section<'stow'>;
  readonly scp: Section<'scp'>;
  readonly dimse: Section<'dimse'>;
  readonly control: Section<'control'>;
  readonly log: Section<'log'>;
}

/** The configuration that the values of all settings make, and those of further archives by name. */
export function toConfig(
  values: SettingValues,
  furtherArchives: ReadonlyMap<string, ArchiveValues> = new Map(),
): Config {
  const archives = [...new Map([[defaultArchive, values], ...furtherArchives])];
  return Object.freeze({
    archives: Object.freeze(archives.map(([name, ofArchive]) => archiveConfig(name, ofArchive))),
    http: section(values, 'http'),
    qido: section(values, 'qido'),
    wado: section(values, 'wado'),
    stow: section(values, 'stow'),
    scp: section(values, 'scp'),
    dimse: section(values, 'dimse'),
    control: section(values, 'control'),
    log: section(values, 'log'),
  });
}

function archiveConfig(name: string, values: ArchiveValues): ArchiveConfig {
  return Object.freeze({
    name,
    qido: remoteAe(values, 'qido'),
    wado: remoteAe(values, 'wado'),
    stow: remoteAe(values, 'stow'),
    relationalQueries: values['qido.relational_queries'],
    characterSet: values['qido.character_set'],
    retrieveMethod: values['wado.retrieve_method'],
  });
}

function remoteAe(values: ArchiveValues, section: 'qido' | 'wado' | 'stow'): RemoteAe {
  return Object.freeze({
    remoteAe: values[`${section}.remote_ae`],
    remoteHost: values[`${section}.remote_host`],
    remotePort: values[`${section}.remote_port`],
    localAe: values[`${section}.local_ae`],
  });
}

function section<Name extends string>(values: SettingValues, name: Name): Section<Name> {
  const fields = Object.entries(values)
    .filter(([property]) => property.startsWith(`${name}.`) && !isRemoteAeProperty(property))
    .map(([property, value]) => [camelCase(property.slice(name.length + 1)), value] as const);
  // The cast states what the filter and the renaming above do, which the compiler cannot follow.
  return Object.freeze(Object.fromEntries(fields)) as Section<Name>;
}

function isRemoteAeProperty(property: string): boolean {
  return /^(qido|wado|stow)\.(remote_ae|remote_host|remote_port|local_ae)$/.test(property);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
