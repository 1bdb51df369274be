import type {
  DescribedSettings,
  SettingChanges,
  SettingProblem,
  SettingsFile,
} from '../../../broker/control/contract/settings.ts';
import { settingLabel } from '../../settings/setting-label.ts';
import { isOwn, valueInWords } from '../../settings/setting-text.ts';

/** More than any settings need. */
const mostBytes = 1_000_000;

/** One line of what an import would change. */
export interface ImportLine {
  readonly property: string;
  readonly label: string;
  readonly now: string;
  readonly then: string;
  /** Why the line has no effect. */
  readonly note?: string;
}

/** Hands the file to the person as a download. */
export function download(file: SettingsFile): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(file, undefined, 2)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'dcmrs-broker-settings.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** The settings of a file that the person chose; a text where it is none of ours. */
export async function readSettingsFile(file: File): Promise<SettingsFile | string> {
  if (file.size > mostBytes) return `${file.name} is too large to be a file of settings.`;
  try {
    const read: unknown = JSON.parse(await file.text());
    if (isSettingsFile(read)) return read;
  } catch {
    // Said below.
  }
  return `${file.name} is not a file of settings: it was not made by Export of this program.`;
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

function isSettingsFile(read: unknown): read is SettingsFile {
  if (typeof read !== 'object' || read === null || !('settings' in read)) return false;
  const { settings } = read;
  return (
    'format' in read &&
    read.format === 'dcmrs-broker-settings' &&
    'version' in read &&
    read.version === 1 &&
    typeof settings === 'object' &&
    settings !== null &&
    Object.values(settings).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  );
}
