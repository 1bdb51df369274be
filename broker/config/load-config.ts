import type { Config } from './config.ts';
import { configurationError } from './problem-text.ts';
import { propertiesPath } from './properties-file.ts';
import { readSettings, type SettingsPlace } from './read-settings.ts';
import type { SettingName } from './schema.ts';
import type { Origin } from './setting-source.ts';
import { storePath } from './settings-store.ts';

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
export function loadConfig(from: SettingsPlace): LoadedConfig {
  const { config, origins, faults, warnings } = readSettings(from);
  if (config === undefined) throw configurationError(faults, [...warnings, lookedIn(from.home)]);
  return { config, sources: origins, warnings };
}

/** Where settings were looked for: the answer to "but I have set it". */
export function lookedIn(home: string | undefined): string {
  const files =
    home === undefined ? 'no home directory is given' : `${propertiesPath(home)}, ${storePath(home)}`;
  return `Looked in: environment variables, ${files}.`;
}
