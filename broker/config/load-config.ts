import { listenersClash } from './clash.ts';
import { toConfig, type Config } from './config.ts';
import { environmentSource, type Environment } from './environment.ts';
import { configurationError, missingText, notAllowedText, originText } from './problem-text.ts';
import { propertiesPath, propertiesSource } from './properties-file.ts';
import { findSetting, settings, type Property, type SettingValues } from './schema.ts';
import type { Origin, SettingSource } from './setting-source.ts';
import { storePath, storeSource } from './settings-store.ts';

/** The configuration, and where each of its values comes from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: ReadonlyMap<Property, Origin>;
  /** What does not stop the start but should be told: misspelt names, one a line. */
  readonly warnings: readonly string[];
}

const builtIn: Origin = { source: 'default', where: 'built-in default' };

/**
 * Reads the whole configuration: environment, properties file, settings store, defaults, in this
 * order of precedence. Without `home`, environment and defaults alone.
 * @throws BrokerError `configuration` whose message tells every problem, one a line
 */
export function loadConfig(from: { env: Environment; home?: string | undefined }): LoadedConfig {
  const files =
    from.home === undefined ? [] : [propertiesSource(from.home, from.env), storeSource(from.home)];
  const sources = [environmentSource(from.env), ...files];
  const { values, origins, problems } = checkSettings(sources);
  problems.unshift(...sources.flatMap((source) => source.problems));
  const warnings = sources.flatMap((source) => source.warnings);
  if (problems.length > 0) throw configurationError(problems, [...warnings, lookedIn(from.home)]);
  // Without a problem there is a checked value of every setting.
  return { config: toConfig(values as SettingValues), sources: origins, warnings };
}

interface CheckedSettings {
  readonly values: Partial<SettingValues>;
  readonly origins: ReadonlyMap<Property, Origin>;
  readonly problems: string[];
}

/** The value of every setting from the first source that has it, and what is wrong with them. */
function checkSettings(sources: readonly SettingSource[]): CheckedSettings {
  const checked = new Map<Property, unknown>();
  const origins = new Map<Property, Origin>();
  const problems: string[] = [];
  for (const setting of settings) {
    const { property, type } = setting;
    const given = sources.map((source) => source.values.get(property)).find((value) => value !== undefined);
    const origin = given?.origin ?? builtIn;
    origins.set(property, origin);
    if (given !== undefined) {
      const parsed = type.schema.safeParse(given.raw);
      if (parsed.success) checked.set(property, parsed.data);
      else problems.push(notAllowedText(setting, given.raw, origin));
    } else if (setting.default !== undefined) {
      checked.set(property, setting.default);
    } else if (setting.defaultsTo !== undefined) {
      // It stands further up. Where nothing gives that one either, that one is what is missing.
      const other = findSetting(setting.defaultsTo)?.property;
      if (other !== undefined && checked.has(other)) checked.set(property, checked.get(other));
    } else if (!sources.some((source) => source.unreadable.has(property))) {
      problems.push(missingText(setting));
    }
  }
  const values: Partial<SettingValues> = Object.fromEntries(checked);
  if (listenersClash(values)) problems.push(clashText(values, origins));
  return { values, origins, problems };
}

function clashText(values: Partial<SettingValues>, origins: ReadonlyMap<Property, Origin>): string {
  const listener = (port: Property, host: Property): string => {
    const from = originText(origins.get(port) ?? builtIn);
    return `${port} (${from}; ${host} is ${String(values[host])})`;
  };
  const http = listener('http.port', 'http.host');
  const scp = listener('scp.local_port', 'scp.local_host');
  return `${http} and ${scp} are both ${String(values['http.port'])}. Allowed: two different ports.`;
}

/** Where settings were looked for: the answer to "but I have set it". */
function lookedIn(home: string | undefined): string {
  const files =
    home === undefined ? 'no home directory is given' : `${propertiesPath(home)}, ${storePath(home)}`;
  return `Looked in: environment variables, ${files}.`;
}
