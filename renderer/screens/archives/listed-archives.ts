import type { ArchiveState } from '../../../broker/control/contract/gateway-state.ts';
import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { archiveProperty, defaultArchive } from '../../archive-check/archive-property.ts';
import { isOwn } from '../../settings/setting-text.ts';

/** One archive as the list shows it. */
export interface ListedArchive {
  readonly name: string;
  readonly isDefault: boolean;
  /** Undefined while its settings are missing. */
  readonly aeTitle: string | undefined;
  readonly address: string | undefined;
  readonly state: ArchiveState | undefined;
  /** The settings that go with it when it is removed. */
  readonly own: readonly DescribedSetting[];
  /** What gives it where it is not the settings store alone. */
  readonly lockedBy: string | undefined;
}

/** The archives in the order of the settings, with how the gateway finds them. */
export function listedArchives(
  { archives, settings }: DescribedSettings,
  states: readonly ArchiveState[],
): ListedArchive[] {
  const values = new Map(settings.map(({ property, value }) => [property, value]));
  return archives.map((name): ListedArchive => {
    const value = (ofDefault: string) => values.get(archiveProperty(name, ofDefault));
    const host = value('qido.remote_host');
    const aeTitle = value('qido.remote_ae');
    const ofArchive = settings.filter(({ archive }) => archive === name);
    return {
      name,
      isDefault: name === defaultArchive,
      aeTitle: aeTitle === undefined ? undefined : String(aeTitle),
      address: host === undefined ? undefined : `${String(host)}:${String(value('qido.remote_port') ?? '')}`,
      state: states.find((state) => state.name === name),
      own: ofArchive.filter(isOwn),
      lockedBy: ofArchive.find(({ isLocked }) => isLocked)?.where,
    };
  });
}

/** The names with one of them moved up (-1) or down (1); `default` stays the first. */
export function movedName(names: readonly string[], name: string, by: -1 | 1): string[] | undefined {
  const from = names.indexOf(name);
  const to = from + by;
  if (from < 1 || to < 1 || to >= names.length) return undefined;
  const moved = names.filter((other) => other !== name);
  moved.splice(to, 0, name);
  return moved;
}
