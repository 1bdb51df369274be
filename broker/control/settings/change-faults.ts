import { originText } from '../../config/problem-text.ts';
import type { ReadSettings } from '../../config/read-settings.ts';
import { findSetting } from '../../config/schema.ts';
import { faultText, type SettingFault } from '../../config/setting-fault.ts';
import { unknownSetting, type StoredSettings } from '../../config/settings-store.ts';
import { isLockedBy } from './described-settings.ts';

/** What is wrong with changes as such: they name no setting, or one that something else gives. */
export function changeFaults(changes: StoredSettings, read: ReadSettings): SettingFault[] {
  return Object.keys(changes).flatMap((property) => {
    const setting = findSetting(property);
    if (setting === undefined) return [unknownSetting(property)];
    const origin = read.given.get(setting.property)?.origin;
    return origin !== undefined && isLockedBy(origin) ? [locked(property, originText(origin))] : [];
  });
}

/** The faults of the settings with changes that are of the changes' making: in them, or not there before. */
export function newFaults(
  changes: StoredSettings,
  before: ReadSettings,
  after: ReadSettings,
): SettingFault[] {
  const known = new Set(before.faults.map(faultText));
  return after.faults.filter((fault) => {
    const changed = fault.property === undefined ? undefined : changes[fault.property];
    return (changed !== undefined && changed !== null) || !known.has(faultText(fault));
  });
}

function locked(property: string, from: string): SettingFault {
  return {
    property,
    message: `${property} is set by ${from}, which counts before what is saved here.`,
    brief: `This is set by ${from}, which counts before what is saved here.`,
    remedy: 'Change it there, or take it out there to set it here.',
  };
}
