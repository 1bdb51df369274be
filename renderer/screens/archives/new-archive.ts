import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { defaultArchive } from '../../archive-check/archive-property.ts';

/** Stands for the name of an archive that is being added, until it is known; no archive is called so. */
export const placeholderName = 'being-added-now';
const prefix = `archives.${placeholderName}.`;

/** The settings with those that a new archive would have. */
export function describeNewArchive(described: DescribedSettings): DescribedSettings {
  const ofDefault = described.settings.filter(({ archive }) => archive === defaultArchive);
  const names = new Set(ofDefault.map(({ property }) => property));
  const added = ofDefault.map((setting): DescribedSetting => {
    const { value: _value, defaultsTo: _ofDefault, default: byDefault, ...rest } = setting;
    const defaultsTo = standIn(setting, names);
    return {
      ...rest,
      property: `${prefix}${setting.property}`,
      archive: placeholderName,
      ...(defaultsTo === undefined
        ? { ...(byDefault === undefined ? {} : { default: byDefault, value: byDefault }) }
        : { defaultsTo }),
      isSet: false,
      source: 'default',
      where: '',
      isLocked: false,
    };
  });
  return { ...described, settings: [...described.settings, ...added] };
}

/** The changes under the name that the archive was given. */
export function changesUnderName<Value>(
  changes: Readonly<Record<string, Value>>,
  name: string,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(changes).map(([property, value]) => [
      property.startsWith(prefix) ? `archives.${name}.${property.slice(prefix.length)}` : property,
      value,
    ]),
  );
}

/** What is wrong with the name of a new archive, and how to mend it. */
export function archiveNameProblem(name: string, others: readonly string[]): string | undefined {
  if (name === '') return 'A name is needed here. It stands in addresses and in the log.';
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(name)) {
    return 'This cannot be a name. Allowed: 1 to 32 of the letters A-Z and a-z, digits, "_" and "-".';
  }
  const alike = others.find((other) => variableForm(other) === variableForm(name));
  if (alike === undefined) return undefined;
  return `There is an archive ${alike} already. Choose a name that differs in more than capitals or dashes.`;
}

/** A further archive retrieves where it is queried, stores where it retrieves, and asks as the default one does. */
function standIn(setting: DescribedSetting, names: ReadonlySet<string>): string | undefined {
  if (setting.property === 'qido.local_ae') return setting.property;
  if (setting.defaultsTo !== undefined) return `${prefix}${setting.defaultsTo}`;
  const twin = setting.property.replace(/^wado\./, 'qido.');
  return twin !== setting.property && names.has(twin) ? `${prefix}${twin}` : undefined;
}

/** Names that give the same names of environment variables cannot be told apart there. */
function variableForm(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
