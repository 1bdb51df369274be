import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { settingLabel } from '../../settings/setting-label.ts';

export interface FoundGroup {
  readonly name: string;
  readonly title: string;
  readonly settings: readonly DescribedSetting[];
}

/** The settings that belong to no archive, by group, where they contain each word of a text. */
export function foundGroups({ groups, settings }: DescribedSettings, text: string): FoundGroup[] {
  return groups
    .map(({ name, title }) => ({
      name,
      title,
      settings: settings.filter(
        (setting) =>
          setting.archive === undefined && setting.group === name && contains(setting, title, text),
      ),
    }))
    .filter((group) => group.settings.length > 0);
}

/** How many settings of archives contain each word of the text. */
export function foundOfArchives({ groups, settings }: DescribedSettings, text: string): number {
  const titles = new Map(groups.map(({ name, title }) => [name, title]));
  return settings.filter(
    (setting) => setting.archive !== undefined && contains(setting, titles.get(setting.group) ?? '', text),
  ).length;
}

function contains(setting: DescribedSetting, title: string, text: string): boolean {
  const { property, env, help } = setting;
  const all = [property, env, help, title, settingLabel(property)].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
