import { furtherArchives } from './archive-name.ts';
import { checkSettings } from './check-settings.ts';
import { toConfig, type Config } from './config.ts';
import { environmentSource, type Environment } from './environment.ts';
import { configurationError } from './problem-text.ts';
import { propertiesPath, propertiesSource } from './properties-file.ts';
import type { ArchiveValues, SettingName, SettingValues } from './schema.ts';
import type { Origin, SettingSource } from './setting-source.ts';
import { storePath, storeSource } from './settings-store.ts';

/** The configuration, and where each of its values comes from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: ReadonlyMap<SettingName, Origin>;
  /** What does not stop the start but should be told: misspelt names, one a line. */
  readonly warnings: readonly string[];
}

/**
 * Reads the whole configuration: environment, properties file, settings store, defaults, in this
 * order of precedence. Without `home`, environment and defaults alone.
 * @throws BrokerError `configuration` whose message tells every problem, one a line
 */
export function loadConfig(from: { env: Environment; home?: string | undefined }): LoadedConfig {
  const files =
    from.home === undefined ? [] : [propertiesSource(from.home, from.env), storeSource(from.home)];
  const sources = [environmentSource(from.env, namedIn(files)), ...files];
  const { values, archives, origins, problems } = checkSettings(sources);
  problems.unshift(...sources.flatMap((source) => source.problems));
  const warnings = sources.flatMap((source) => source.warnings);
  if (problems.length > 0) throw configurationError(problems, [...warnings, lookedIn(from.home)]);
  // Without a problem there is a checked value of every setting.
  const config = toConfig(values as SettingValues, archives as ReadonlyMap<string, ArchiveValues>);
  return { config, sources: origins, warnings: [...warnings, ...alikeArchives(config)] };
}

/** Where settings were looked for: the answer to "but I have set it". */
function lookedIn(home: string | undefined): string {
  const files =
    home === undefined ? 'no home directory is given' : `${propertiesPath(home)}, ${storePath(home)}`;
  return `Looked in: environment variables, ${files}.`;
}

function namedIn(files: readonly SettingSource[]): string[] {
  return furtherArchives(files.flatMap(({ values, unreadable }) => [...values.keys(), ...unreadable]));
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
