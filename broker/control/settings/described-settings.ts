import type { ReadSettings } from '../../config/read-settings.ts';
import { archiveSettings, settings, type ArchiveSetting, type Setting } from '../../config/schema.ts';
import { asDefaultArchive, groups } from '../../config/setting.ts';
import type { SettingFault } from '../../config/setting-fault.ts';
import type { Origin } from '../../config/setting-source.ts';
import { defaultArchive } from '../../config/archive-name.ts';
import type { DescribedSetting, DescribedSettings, SettingProblem } from '../contract/settings.ts';

/** Every setting as a form shows it, those of further archives included. */
export function describedSettings(read: ReadSettings, storePath: string): DescribedSettings {
  const further = [...read.archives.keys()];
  return {
    groups: Object.entries(groups).map(([name, title]) => ({ name, title })),
    settings: [
      ...settings.map((setting) =>
        described(setting, read, {
          ...('perArchive' in setting ? { archive: defaultArchive } : {}),
          ...(setting.defaultsTo === undefined ? {} : { defaultsTo: setting.defaultsTo }),
        }),
      ),
      ...further.flatMap((archive) =>
        archiveSettings(archive).map((setting) =>
          described(setting, read, { archive, ...fallback(setting, archive) }),
        ),
      ),
    ],
    archives: [defaultArchive, ...further],
    problems: read.faults.map((fault) => settingProblem(fault)),
    warnings: [...read.warnings],
    storePath,
  };
}

/** A fault as it stands under its field; without a field, in full. */
export function settingProblem({ property, message, brief, remedy }: SettingFault): SettingProblem {
  return {
    code: 'configuration',
    message: property === undefined ? message : (brief ?? message),
    ...(property === undefined ? {} : { property }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** True where a form cannot change a value: what gives it is read before the settings store. */
export function isLockedBy(origin: Origin | undefined): boolean {
  return origin?.source === 'environment' || origin?.source === 'properties';
}

const builtIn: Origin = { source: 'default', where: 'built-in default' };

function described(
  setting: Setting,
  read: ReadSettings,
  more: Pick<DescribedSetting, 'archive' | 'defaultsTo'>,
): DescribedSetting {
  const { property, env, group, help, type } = setting;
  const given = read.given.get(property);
  const isSecret = type.kind === 'secret';
  // What stands in is not shown: it does not stay when a form is saved that leaves it as it is.
  const value = read.standIns.has(property) ? undefined : formValue(valueOf(setting, read) ?? given?.raw);
  const byDefault = formValue(read.defaults.get(property) ?? setting.default);
  // Where nothing gives it, the origin that was read is that of the setting whose value counts.
  const isOfHost = read.standIns.has(property) || read.defaults.has(property);
  const origin = given?.origin ?? (isOfHost ? read.origins.get(property) : builtIn);
  return {
    property,
    env,
    group,
    help,
    kind: type.kind,
    allowed: type.allowed,
    ...(type.unit === undefined ? {} : { unit: type.unit }),
    ...(type.min === undefined ? {} : { min: type.min }),
    ...(type.max === undefined ? {} : { max: type.max }),
    ...(type.choices === undefined ? {} : { choices: [...type.choices] }),
    ...(byDefault === undefined || more.defaultsTo !== undefined ? {} : { default: byDefault }),
    ...(value === undefined || isSecret ? {} : { value }),
    ...more,
    isSet: given !== undefined && given.raw !== '',
    isSecret,
    source: (origin ?? builtIn).source,
    where: (origin ?? builtIn).where,
    isLocked: isLockedBy(given?.origin),
  };
}

/** The value in force; undefined where it is wrong or missing. */
function valueOf(setting: Setting, { values, archives }: ReadSettings): unknown {
  const [, archive] = /^archives\.([^.]+)\./.exec(setting.property) ?? [];
  if (archive === undefined || !('ofArchive' in setting))
    return new Map(Object.entries(values)).get(setting.property);
  const ofArchive = (setting as ArchiveSetting).ofArchive;
  return archives.get(archive)?.[ofArchive];
}

/** Only what a form can show: what stands in a file may be anything. */
function formValue(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') return value.slice(0, 4_096);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function fallback(setting: ArchiveSetting, archive: string): { defaultsTo?: string } {
  const otherwise = setting.perArchive.otherwise ?? setting.defaultsTo;
  if (otherwise === undefined) return {};
  return {
    defaultsTo: otherwise === asDefaultArchive ? setting.ofArchive : `archives.${archive}.${otherwise}`,
  };
}
