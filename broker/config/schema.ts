import { archiveVariableName, isFurtherArchiveName } from './archive-name.ts';
import { controlSettings } from './sections/control-settings.ts';
import { dimseSettings } from './sections/dimse-settings.ts';
import { httpSettings } from './sections/http-settings.ts';
import { logSettings } from './sections/log-settings.ts';
import { qidoSettings } from './sections/qido-settings.ts';
import { scpSettings } from './sections/scp-settings.ts';
import { severalArchivesSettings } from './sections/several-archives-settings.ts';
import { stowSettings } from './sections/stow-settings.ts';
import { wadoSettings } from './sections/wado-settings.ts';
import { variableName, type ArchiveSettingDefinition, type SettingDefinition } from './setting.ts';

/**
 * Every setting of the gateway, once. Names, types, defaults, limits, help, the sample file, the
 * manual and the forms derive from it. It runs in browsers too: nothing of Node in what it imports.
 */
const schema = {
  ...httpSettings,
  ...qidoSettings,
  ...wadoSettings,
  ...stowSettings,
  ...severalArchivesSettings,
  ...scpSettings,
  ...dimseSettings,
  ...controlSettings,
  ...logSettings,
};

/** The name of a setting in the properties file and in the settings store; of an archive's, that of `default`. */
export type Property = keyof typeof schema;

type ValueOf<Definition> = Definition extends SettingDefinition<infer Value> ? Value : never;

/** The value of every setting by its property. */
export type SettingValues = { readonly [P in Property]: ValueOf<(typeof schema)[P]> };

/** The settings that every archive has. */
export type ArchiveProperty = {
  [P in Property]: (typeof schema)[P] extends ArchiveSettingDefinition<infer _> ? P : never;
}[Property];

/** The values that describe one archive. */
export type ArchiveValues = Pick<SettingValues, ArchiveProperty>;

/** The name under which a setting is given, also that of a further archive. */
export type SettingName = Property | `archives.${string}.${ArchiveProperty}`;

/** One setting with its names. */
export interface Setting extends SettingDefinition<unknown> {
  readonly property: SettingName;
  /** The environment variable that sets it. */
  readonly env: string;
}

/** One of the settings that every archive has. */
export interface ArchiveSetting extends Setting {
  readonly perArchive: { readonly otherwise?: string };
  /** Its name without that of the archive. */
  readonly ofArchive: ArchiveProperty;
}

/** The settings beside those of further archives, in the order in which they are shown. */
export const settings: readonly (Setting & { readonly property: Property })[] = Object.entries(schema).map(
  ([property, definition]) => ({
    ...(definition satisfies SettingDefinition<unknown>),
    property: property as Property,
    env: variableName(property),
  }),
);

/** The settings of archive `default` that further archives have too. */
const ofDefault: readonly ArchiveSetting[] = settings.flatMap((setting) =>
  'perArchive' in setting ? [{ ...setting, ofArchive: setting.property } as ArchiveSetting] : [],
);

/** The settings of a further archive, in the order in which they are shown. */
export function archiveSettings(archive: string): readonly ArchiveSetting[] {
  return ofDefault.map((setting) => ({
    ...setting,
    property: `archives.${archive}.${setting.ofArchive}`,
    env: `ARCHIVES_${archiveVariableName(archive)}_${setting.env}`,
  }));
}

const byProperty = new Map<string, Setting>(settings.map((setting) => [setting.property, setting]));

/** The setting of a property, or undefined where there is none of that name. */
export function findSetting(property: string): Setting | undefined {
  const [, archive] = /^archives\.([^.]+)\./.exec(property) ?? [];
  if (archive === undefined) return byProperty.get(property);
  if (!isFurtherArchiveName(archive)) return undefined;
  return archiveSettings(archive).find((setting) => setting.property === property);
}
