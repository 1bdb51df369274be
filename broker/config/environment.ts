import {
  archiveNameForm,
  archiveVariableName,
  defaultArchive,
  isFurtherArchiveName,
} from './archive-name.ts';
import { nearestName } from './nearest-name.ts';
import { archiveSettings, settings, type Setting, type SettingName } from './schema.ts';
import type { RawValue, SettingSource } from './setting-source.ts';

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's value, or undefined where it is unset, empty or blank: all count as unset. */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined || value.trim() === '' ? undefined : value;
}

/**
 * The settings that environment variables give. Variables that look like one of ours but are none
 * get a warning; WAD0 with a zero is how the manual of the Java broker spells some of its own.
 * @param archives further archives that the files name: a variable of `MAIN` is one of archive `Main`
 *   where they do, else of archive `main`
 */
export function environmentSource(env: Environment, archives: Iterable<string> = []): SettingSource {
  const values = new Map<SettingName, RawValue>();
  const take = ({ property, env: name }: Setting): void => {
    const raw = readVariable(env, name);
    if (raw !== undefined) values.set(property, { raw, origin: { source: 'environment', where: name } });
  };
  settings.forEach(take);
  const names = archiveNames(env, archives);
  for (const archive of names) archiveSettings(archive).forEach(take);
  return { values, problems: [], warnings: warnings(env, names), unreadable: new Set() };
}

/** Names of the further archives that variables describe. */
function archiveNames(env: Environment, known: Iterable<string>): Set<string> {
  const byVariable = new Map([...known].map((name) => [archiveVariableName(name), name]));
  const names = new Set<string>();
  for (const variable of Object.keys(env)) {
    const inCapitals = archiveInVariable(variable);
    if (inCapitals === undefined || readVariable(env, variable) === undefined) continue;
    const name = byVariable.get(inCapitals) ?? inCapitals.toLowerCase();
    if (isFurtherArchiveName(name)) names.add(name);
  }
  return names;
}

/** `MAIN` of `ARCHIVES_MAIN_QIDO_REMOTE_AE`, or undefined where it is no variable of a further archive. */
function archiveInVariable(variable: string): string | undefined {
  if (!variable.startsWith('ARCHIVES_')) return undefined;
  const ending = endings.find((candidate) => variable.endsWith(candidate));
  const name = ending === undefined ? '' : variable.slice('ARCHIVES_'.length, -ending.length);
  return /^[A-Z0-9_]+$/.test(name) ? name : undefined;
}

const endings = archiveSettings('x').map(({ env }) => env.slice('ARCHIVES_X'.length));

function warnings(env: Environment, archives: Iterable<string>): string[] {
  const ofArchives = [...archives].flatMap(archiveSettings);
  const names = [...settings, ...ofArchives].map((setting) => setting.env);
  return Object.keys(env)
    .filter((name) => /^(QIDO|WAD[O0]|STOW|SCP|DIMSE|ARCHIVES?)_/.test(name) && !names.includes(name))
    .flatMap((name) => {
      const hint = hintFor(name, names);
      return hint === undefined ? [] : [`Environment variable ${name} is unknown and ignored. ${hint}`];
    });
}

function hintFor(variable: string, names: readonly string[]): string | undefined {
  const archive = archiveInVariable(variable)?.toLowerCase();
  if (archive === defaultArchive)
    return `Archive ${defaultArchive} is set without ARCHIVES_DEFAULT, such as QIDO_REMOTE_AE.`;
  // A variable of the right form that is not among the names is empty, or names no possible archive.
  if (archive !== undefined)
    return isFurtherArchiveName(archive) ? undefined : `The name of an archive is ${archiveNameForm}.`;
  const nearest = nearestName(variable, [...names, ...guessedNames(variable)]);
  return nearest === undefined ? undefined : `Did you mean ${nearest}?`;
}

/** Variables of the archive that a misspelt one may be of: `ARCHIVES_MAIN_QIDO_REMOTE_PROT`. */
function guessedNames(variable: string): string[] {
  const [, archive] = /^ARCHIVES?_([A-Z0-9_]+?)_[A-Z]+_[A-Z]+_[A-Z]+$/i.exec(variable) ?? [];
  return archive === undefined ? [] : archiveSettings(archive).map((setting) => setting.env);
}
