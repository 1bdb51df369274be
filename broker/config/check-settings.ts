import { isAbsolute, relative, resolve, sep } from 'node:path';
import { archiveVariableName, furtherArchives, inOrder, maxArchives } from './archive-name.ts';
import { type Listener, clashingListeners } from './clash.ts';
import { isLoopback } from './loopback.ts';
import { missing, notAllowed, originText } from './problem-text.ts';
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
import type { SettingFault } from './setting-fault.ts';
import type { Origin, SettingSource } from './setting-source.ts';

/** The values of all settings, what is wrong with them, and where each comes from. */
export interface CheckedSettings {
  /** Complete where there is no problem. */
  readonly values: Partial<SettingValues>;
  /** Those of the archives beside `default`, by name; complete where there is no problem. */
  readonly archives: ReadonlyMap<string, Partial<ArchiveValues>>;
  readonly origins: ReadonlyMap<SettingName, Origin>;
  readonly faults: SettingFault[];
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
  run.faults.push(...nameFaults(names));
  if (names.length < maxArchives) {
    for (const name of names) {
      for (const setting of archiveSettings(name)) run.take(setting, fallbackOf(setting, name));
    }
  }
  const values = run.values(settings.map(({ property }) => [property, property]));
  for (const pair of clashingListeners(values)) run.faults.push(listenersClash(pair, values, run.origins));
  run.faults.push(...openControl(values, run.origins), ...logInCache(values));
  const archives = inOrder(names, values['archives.order'] ?? '').map((name) => {
    const ofArchive = archiveSettings(name).map((setting) => [setting.ofArchive, setting.property] as const);
    return [name, run.values(ofArchive)] as const;
  });
  return { values, archives: new Map(archives), origins: run.origins, faults: run.faults };
}

class CheckRun {
  readonly faults: SettingFault[] = [];
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
      else this.faults.push(notAllowed(setting, given.raw, given.origin));
    } else if (fallback !== undefined) {
      // It stands further up. Where nothing gives that one either, that one is what is missing.
      if (this.#checked.has(fallback)) this.#checked.set(property, this.#checked.get(fallback));
    } else if (setting.default !== undefined) {
      this.#checked.set(property, setting.default);
    } else if (!this.#sources.some((source) => source.unreadable.has(property))) {
      this.faults.push(missing(setting));
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

function nameFaults(names: readonly string[]): SettingFault[] {
  const alike = [...Map.groupBy(names, archiveVariableName).values()].filter((same) => same.length > 1);
  const faults = alike.map((same) => ({
    message: `The archives ${same.join(', ')} differ in capitals or dashes only: give them other names.`,
  }));
  if (names.length < maxArchives) return faults;
  const message = `There are ${names.length + 1} archives. Allowed: ${maxArchives}, default among them.`;
  return [...faults, { message }];
}

function listenersClash(
  [one, other]: readonly [Listener, Listener],
  values: Partial<SettingValues>,
  origins: ReadonlyMap<SettingName, Origin>,
): SettingFault {
  const told = ({ port, host }: Listener): string => {
    const from = originText(origins.get(port) ?? builtIn);
    return `${port} (${from}; ${host} is ${String(values[host])})`;
  };
  return {
    property: other.port,
    message: `${told(one)} and ${told(other)} are both ${String(values[one.port])}.`,
    brief: `This port is that of ${one.port} too.`,
    remedy: 'Allowed: two different ports.',
  };
}

/** Whoever reaches the control API can change everything: where others can, it must ask for what we were given. */
function openControl(
  values: Partial<SettingValues>,
  origins: ReadonlyMap<SettingName, Origin>,
): SettingFault[] {
  const host = values['control.host'];
  if (host === undefined || isLoopback(host) || values['control.token'] !== '') return [];
  const from = originText(origins.get('control.host') ?? builtIn);
  return [
    {
      property: 'control.token',
      message: `control.host = ${host} (${from}) lets others reach the user interface, and control.token is empty.`,
      brief: 'Others can reach the user interface (control.host): it needs a token.',
      remedy:
        'Set control.token (environment variable CONTROL_TOKEN) to at least 16 characters, or control.host to 127.0.0.1.',
    },
  ];
}

/** A log among the files of the cache would be taken for one of them, and the other way round. */
function logInCache(values: Partial<SettingValues>): SettingFault[] {
  const { 'log.file': file = '', 'scp.cache_dir_path': directory } = values;
  if (file === '' || directory === undefined) return [];
  const path = relative(resolve(directory), resolve(file));
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return [];
  return [
    {
      property: 'log.file',
      message: `log.file = ${file} is in the directory of the cache (scp.cache_dir_path = ${directory}).`,
      brief: 'This file is in the directory of the cache.',
      remedy: 'Allowed: a file outside of it.',
    },
  ];
}
