import type {
  DescribedSettings,
  SettingChanges,
  SettingProblem,
  SettingsFile,
} from '../../../broker/control/contract/settings.ts';
import { settingLabel } from '../../settings/setting-label.ts';
import { isOwn, valueInWords } from '../../settings/setting-text.ts';

/** One line of what an import would change. */
export interface ImportLine {
  readonly property: string;
  readonly label: string;
  readonly now: string;
  readonly then: string;
  /** Why the line has no effect. */
  readonly note?: string;
}

/** What would be otherwise after the import, in the order of the forms; what is not in the file is taken back. */
export function importLines(described: DescribedSettings, file: SettingsFile): ImportLine[] {
  const known = new Map(described.settings.map((setting) => [setting.property, setting]));
  const lines = described.settings.flatMap((setting): ImportLine[] => {
    const { property, isLocked, isSecret } = setting;
    const value = file.settings[property];
    if (value === undefined && (!isOwn(setting) || isSecret)) return [];
    const now = setting.defaultsTo !== undefined && !setting.isSet ? undefined : setting.value;
    const then = value ?? setting.default;
    if (now === then && !isLocked) return [];
    const note = isLocked ? `${setting.where} counts, whatever is imported.` : undefined;
    const inWords = { now: valueInWords(setting, now), then: valueInWords(setting, then) };
    return [{ property, label: settingLabel(property), ...inWords, ...(note === undefined ? {} : { note }) }];
  });
  const further = Object.entries(file.settings).filter(([property]) => !known.has(property));
  return [
    ...lines,
    ...further.map(([property, value]) => ({
      property,
      label: settingLabel(property),
      now: 'nothing',
      then: valueInWords(undefined, value),
    })),
  ];
}

/** The changes that the import makes, for having them checked; what is locked stays as it is. */
export function importChanges(described: DescribedSettings, file: SettingsFile): SettingChanges {
  const locked = new Set(
    described.settings.flatMap(({ isLocked, property }) => (isLocked ? [property] : [])),
  );
  const goes = described.settings.filter((setting) => isOwn(setting) && !setting.isSecret);
  return {
    ...Object.fromEntries(goes.map(({ property }) => [property, null])),
    ...Object.fromEntries(Object.entries(file.settings).filter(([property]) => !locked.has(property))),
  };
}

/** What of the problems the import would bring: those that are there already do not hinder it. */
export function importProblems(
  described: DescribedSettings,
  changes: SettingChanges,
  found: readonly SettingProblem[],
): SettingProblem[] {
  const known = new Set(described.problems.map(({ property, message }) => `${property ?? ''} ${message}`));
  return found.filter(({ property, message }) => {
    const changed = property === undefined ? undefined : changes[property];
    return (changed !== undefined && changed !== null) || !known.has(`${property ?? ''} ${message}`);
  });
}
