import { furtherArchives } from './archive-name.ts';
import { checkSettings } from './check-settings.ts';
import { toConfig, type Config } from './config.ts';
import { environmentSource, type Environment } from './environment.ts';
import { propertiesSource } from './properties-file.ts';
import {
  findSetting,
  settings,
  type ArchiveValues,
  type Property,
  type SettingName,
  type SettingValues,
} from './schema.ts';
import type { SecretSeal } from './secret-seal.ts';
import type { SettingFault } from './setting-fault.ts';
import type { Origin, RawValue, SettingSource } from './setting-source.ts';
import { storeSource, type StoredSettings } from './settings-store.ts';

/** Where settings are read from. */
export interface SettingsPlace {
  readonly env: Environment;
  /** Directory of the properties file and the settings store; without it, there are none. */
  readonly home?: string | undefined;
  /** Of a host that has a safe place for its key: seals the secrets of the settings store. */
  readonly seal?: SecretSeal | undefined;
  /** What a host sets where nothing else does, in place of the built-in defaults: values by property. */
  readonly defaults?: HostDefaults | undefined;
  /** What stands in as long as nothing gives any of the settings that are required. */
  readonly standIn?: { readonly values: HostDefaults; readonly where: string } | undefined;
}

export type HostDefaults = Readonly<Record<string, string | number | boolean>>;

/** All that is said about the settings, right or wrong. */
export interface ReadSettings {
  /** Undefined where there are faults. */
  readonly config: Config | undefined;
  /** What each setting was given as, by the source that counts; defaults are not in it. */
  readonly given: ReadonlyMap<SettingName, RawValue>;
  /** True where nothing gives any of the settings that are required: nobody has set the gateway up. */
  readonly isUntouched: boolean;
  /** What stands in for settings that nothing gives, until any of those is given that are required. */
  readonly standIns: ReadonlySet<SettingName>;
  /** What the host sets where nothing else does. */
  readonly defaults: ReadonlyMap<SettingName, unknown>;
  /** Where each value comes from, defaults included. */
  readonly origins: ReadonlyMap<SettingName, Origin>;
  /** Complete where there are no faults. */
  readonly values: Partial<SettingValues>;
  /** Those of further archives, in the order in which they are shown. */
  readonly archives: ReadonlyMap<string, Partial<ArchiveValues>>;
  readonly faults: readonly SettingFault[];
  /** What does not stop the start but should be told: misspelt names, one a line. */
  readonly warnings: readonly string[];
}

/**
 * Reads all settings: environment, properties file, settings store, defaults, in this order of precedence.
 * Never throws.
 * @param changes of the settings store that are taken as made
 */
export function readSettings(place: SettingsPlace, changes: StoredSettings = {}): ReadSettings {
  const { env, home, defaults = {}, standIn } = place;
  const files =
    home === undefined ? [] : [propertiesSource(home, env), storeSource(home, changes, place.seal)];
  const sources = [environmentSource(env, namedIn(files)), ...files];
  const isUntouched = !isAnyRequiredGiven(sources);
  const ofHost = hostSource(defaults, 'default of this host');
  const ofStandIn = hostSource(isUntouched ? (standIn?.values ?? {}) : {}, standIn?.where ?? '');
  const checked = checkSettings([...sources, ofStandIn, ofHost]);
  const faults = [
    ...sources.flatMap(({ problems }) => problems.map((message) => ({ message }))),
    ...checked.faults,
  ];
  const config =
    faults.length > 0
      ? undefined
      : // Without a fault there is a checked value of every setting.
        toConfig(checked.values as SettingValues, checked.archives as ReadonlyMap<string, ArchiveValues>);
  const given = new Map(sources.toReversed().flatMap(({ values }) => [...values]));
  const warnings = sources.flatMap((source) => source.warnings);
  return {
    ...checked,
    config,
    faults,
    isUntouched,
    standIns: new Set([...ofStandIn.values.keys()].filter((property) => !given.has(property))),
    defaults: new Map([...ofHost.values].map(([property, { raw }]) => [property, raw])),
    given,
    warnings: config === undefined ? warnings : [...warnings, ...alikeArchives(config)],
  };
}

function namedIn(files: readonly SettingSource[]): string[] {
  return furtherArchives(files.flatMap(({ values, unreadable }) => [...values.keys(), ...unreadable]));
}

function isAnyRequiredGiven(sources: readonly SettingSource[]): boolean {
  const required = settings.filter((setting) => setting.default === undefined && !setting.defaultsTo);
  return required.some(({ property }) =>
    sources.some(({ values, unreadable }) => values.has(property) || unreadable.has(property)),
  );
}

function hostSource(defaults: HostDefaults, where: string): SettingSource {
  const origin = { source: 'default', where } as const;
  const values = Object.entries(defaults).flatMap(([property, raw]): [Property, RawValue][] =>
    findSetting(property) === undefined ? [] : [[property as Property, { raw, origin }]],
  );
  return { values: new Map(values), problems: [], warnings: [], unreadable: new Set() };
}

/** Where two archives are asked for the same study, only the sender's title tells their images apart. */
function alikeArchives({ archives }: Config): string[] {
  const pushing = archives.filter(({ retrieveMethod }) => retrieveMethod !== 'c-get');
  return [...Map.groupBy(pushing, ({ wado }) => wado.remoteAe)]
    .filter(([, alike]) => alike.length > 1)
    .map(([title, alike]) => {
      const names = alike.map(({ name }) => name).join(' and ');
      return `The archives ${names} have the same AE title ${title}: they are asked for one study in turns, and what comes late may be taken for the other one's.`;
    });
}
