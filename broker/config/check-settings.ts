import { archiveVariableName, furtherArchives, maxArchives } from './archive-name.ts';
import { listenersClash } from './clash.ts';
import { missingText, notAllowedText, originText } from './problem-text.ts';
import {
  archiveSettings,
  settings,
  type ArchiveSetting,
  type ArchiveValues,
  type Property,
  type Setting,
  type SettingName,
  type SettingValues,
} from './schema.ts';
import { asDefaultArchive } from './setting.ts';
import type { Origin, SettingSource } from './setting-source.ts';

/** The values of all settings, what is wrong with them, and where each comes from. */
export interface CheckedSettings {
  /** Complete where there is no problem. */
  readonly values: Partial<SettingValues>;
  /** Those of the archives beside `default`, by name; complete where there is no problem. */
  readonly archives: ReadonlyMap<string, Partial<ArchiveValues>>;
  readonly origins: ReadonlyMap<SettingName, Origin>;
  readonly problems: string[];
}

const builtIn: Origin = { source: 'default', where: 'built-in default' };

/** The value of every setting from the first source that has it, else what it falls back to. */
export function checkSettings(sources: readonly SettingSource[]): CheckedSettings {
  const run = new CheckRun(sources);
  for (const setting of settings) run.take(setting, setting.defaultsTo as Property | undefined);
  // Also those that have nothing but lines which cannot be read.
  const names = furtherArchives(
    sources.flatMap(({ values, unreadable }) => [...values.keys(), ...unreadable]),
  ).sort();
  run.problems.push(...nameProblems(names));
  if (names.length < maxArchives) {
    for (const name of names) {
      for (const setting of archiveSettings(name)) run.take(setting, fallbackOf(setting, name));
    }
  }
  const values = run.values(settings.map(({ property }) => [property, property]));
  if (listenersClash(values)) run.problems.push(clashText(values, run.origins));
  const archives = names.map((name) => {
    const ofArchive = archiveSettings(name).map((setting) => [setting.ofArchive, setting.property] as const);
    return [name, run.values(ofArchive)] as const;
  });
  return { values, archives: new Map(archives), origins: run.origins, problems: run.problems };
}

class CheckRun {
  readonly problems: string[] = [];
  readonly origins = new Map<SettingName, Origin>();
  readonly #checked = new Map<SettingName, unknown>();
  readonly #sources: readonly SettingSource[];

  constructor(sources: readonly SettingSource[]) {
    this.#sources = sources;
  }

  /** @param fallback the setting whose value counts where none of the sources has this one */
  take(setting: Setting, fallback: SettingName | undefined): void {
    const { property, type } = setting;
    const given = this.#sources
      .map((source) => source.values.get(property))
      .find((value) => value !== undefined);
    this.origins.set(
      property,
      given?.origin ?? (fallback === undefined ? undefined : this.origins.get(fallback)) ?? builtIn,
    );
    if (given !== undefined) {
      const parsed = type.schema.safeParse(given.raw);
      if (parsed.success) this.#checked.set(property, parsed.data);
      else this.problems.push(notAllowedText(setting, given.raw, given.origin));
    } else if (fallback !== undefined) {
      // It stands further up. Where nothing gives that one either, that one is what is missing.
      if (this.#checked.has(fallback)) this.#checked.set(property, this.#checked.get(fallback));
    } else if (setting.default !== undefined) {
      this.#checked.set(property, setting.default);
    } else if (!this.#sources.some((source) => source.unreadable.has(property))) {
      this.problems.push(missingText(setting));
    }
  }

  /** The checked values of some settings under the names that are given for them. */
  values(names: readonly (readonly [Property, SettingName])[]): Partial<SettingValues> {
    return Object.fromEntries(
      names
        .filter(([, property]) => this.#checked.has(property))
        .map(([name, property]) => [name, this.#checked.get(property)]),
    );
  }
}

function fallbackOf(setting: ArchiveSetting, archive: string): SettingName | undefined {
  const otherwise = setting.perArchive.otherwise ?? setting.defaultsTo;
  if (otherwise === undefined) return undefined;
  if (otherwise === asDefaultArchive) return setting.ofArchive;
  return archiveSettings(archive).find((other) => other.ofArchive === otherwise)?.property;
}

function nameProblems(names: readonly string[]): string[] {
  const problems: string[] = [];
  const byVariable = Map.groupBy(names, archiveVariableName);
  for (const alike of byVariable.values()) {
    if (alike.length > 1)
      problems.push(
        `The archives ${alike.join(', ')} differ in capitals or dashes only: give them other names.`,
      );
  }
  if (names.length >= maxArchives)
    problems.push(`There are ${names.length + 1} archives. Allowed: ${maxArchives}, default among them.`);
  return problems;
}

function clashText(values: Partial<SettingValues>, origins: ReadonlyMap<SettingName, Origin>): string {
  const listener = (port: Property, host: Property): string => {
    const from = originText(origins.get(port) ?? builtIn);
    return `${port} (${from}; ${host} is ${String(values[host])})`;
  };
  const http = listener('http.port', 'http.host');
  const scp = listener('scp.local_port', 'scp.local_host');
  return `${http} and ${scp} are both ${String(values['http.port'])}. Allowed: two different ports.`;
}
