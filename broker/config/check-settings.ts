import { archiveVariableName, furtherArchives, maxArchives } from './archive-name.ts';
import { type Listener, clashingListeners } from './clash.ts';
import { isLoopback } from './loopback.ts';
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
  for (const pair of clashingListeners(values)) run.problems.push(clashText(pair, values, run.origins));
  run.problems.push(...openControlProblems(values, run.origins));
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

function clashText(
  [one, other]: readonly [Listener, Listener],
  values: Partial<SettingValues>,
  origins: ReadonlyMap<SettingName, Origin>,
): string {
  const told = ({ port, host }: Listener): string => {
    const from = originText(origins.get(port) ?? builtIn);
    return `${port} (${from}; ${host} is ${String(values[host])})`;
  };
  return `${told(one)} and ${told(other)} are both ${String(values[one.port])}. Allowed: two different ports.`;
}

/** Whoever reaches the control API can change everything: where others can, it must ask for what we were given. */
function openControlProblems(
  values: Partial<SettingValues>,
  origins: ReadonlyMap<SettingName, Origin>,
): string[] {
  const host = values['control.host'];
  if (host === undefined || isLoopback(host) || values['control.token'] !== '') return [];
  const from = originText(origins.get('control.host') ?? builtIn);
  return [
    `control.host = ${host} (${from}) lets others reach the user interface, and control.token is empty. Set control.token (environment variable CONTROL_TOKEN) to at least 16 characters, or control.host to 127.0.0.1.`,
  ];
}
