import type { CheckStep } from '../../broker/control/contract/archive-check.ts';
import type { SettingChanges } from '../../broker/control/contract/settings.ts';
import type { CheckInput } from './check-run.svelte.ts';
import type { SettingsDraft } from '../settings/settings-draft.svelte.ts';
import { archiveProperty, defaultArchive } from './archive-property.ts';

type TypedAddress = CheckInput['address'];
type RegisterRow = NonNullable<CheckStep['toRegister']>[number];

/** What the gateway asks an archive for. */
export type ArchiveUse = 'qido' | 'wado' | 'stow';

/** The settings that each use has. */
export const addressParts = ['remote_ae', 'remote_host', 'remote_port', 'local_ae'] as const;
export type AddressPart = (typeof addressParts)[number];

/** Where an archive is asked for one use, as the draft has it. */
export function addressOf(draft: SettingsDraft, archive: string, use: ArchiveUse): TypedAddress {
  const value = (part: string) => draft.effective(archiveProperty(archive, part)).trim();
  const method = value('wado.retrieve_method');
  return {
    name: archive,
    aeTitle: value(`${use}.remote_ae`),
    host: value(`${use}.remote_host`),
    port: Number(value(`${use}.remote_port`)),
    callingAeTitle: value(`${use}.local_ae`),
    retrieveMethod: method === 'c-move' ? 'move' : method === 'c-get' ? 'get' : 'auto',
  };
}

/** Addresses for retrieval and for storing that are not the one for queries; one that serves for both is there once. */
export function otherAddresses(
  draft: SettingsDraft,
  archive: string,
): { readonly title: string; readonly address: TypedAddress }[] {
  const [query, retrieval, storing] = [
    addressOf(draft, archive, 'qido'),
    addressOf(draft, archive, 'wado'),
    addressOf(draft, archive, 'stow'),
  ] as const;
  const isSame = (one: TypedAddress, other: TypedAddress): boolean =>
    JSON.stringify(one) === JSON.stringify(other);
  const isShared = isSame(retrieval, storing);
  const all = [
    { title: isShared ? 'Retrieval and storing' : 'Retrieval', address: retrieval },
    ...(isShared ? [] : [{ title: 'Storing', address: storing }]),
  ];
  return all.filter(({ address }) => !isSame(address, query));
}

/** Where the gateway receives, as the draft has it; undefined where that is not typed, or not right. */
export function receiverOf(draft: SettingsDraft): { aeTitle: string; port: number } | undefined {
  const aeTitle = draft.effective('scp.local_ae').trim();
  const port = Number(draft.effective('scp.local_port'));
  return aeTitle === '' || !(port >= 1 && port <= 65_535) ? undefined : { aeTitle, port };
}

/** Where an archive is looked for, for asking others about it. */
export function attemptRows({ aeTitle, host, port, callingAeTitle }: TypedAddress): RegisterRow[] {
  return [
    { label: 'AE title of the archive', value: aeTitle },
    { label: 'Host', value: host },
    { label: 'Port', value: String(port) },
    { label: 'AE title that asks', value: callingAeTitle },
  ];
}

/** True where the uses have addresses of their own, so that one field for all three would hide something. */
export function isSeparate(draft: SettingsDraft, archive: string): boolean {
  return addressParts.some((part) => {
    const [query, ...others] = (['qido', 'wado', 'stow'] as const).map((use) => {
      const property = archiveProperty(archive, `${use}.${part}`);
      return { value: draft.effective(property), setting: draft.find(property) };
    });
    return others.some(
      ({ value, setting }) =>
        value !== query?.value || (setting?.isLocked === true && query.setting?.isLocked !== true),
    );
  });
}

/** Types a part of the address for all uses. */
export function typeForAll(draft: SettingsDraft, archive: string, part: AddressPart, text: string): void {
  const property = (use: ArchiveUse) => archiveProperty(archive, `${use}.${part}`);
  draft.type(property('qido'), text);
  // Retrieval of a further archive, and storing of each, follow the others by themselves.
  if (archive === defaultArchive) draft.type(property('wado'), text);
  else draft.takeBack(property('wado'));
  draft.takeBack(property('stow'));
}

/** Types the address of queries for all uses. */
export function unite(draft: SettingsDraft, archive: string): void {
  for (const part of addressParts) {
    typeForAll(draft, archive, part, draft.effective(archiveProperty(archive, `qido.${part}`)));
  }
}

/** What of the settings that a check found fitting the draft has otherwise; the address is what was typed. */
export function fittingChanges(
  draft: SettingsDraft,
  suggested: SettingChanges,
): { readonly property: string; readonly text: string }[] {
  return Object.entries(suggested).flatMap(([property, value]) => {
    const isAddress = addressParts.some((part) => property.endsWith(`.${part}`));
    const isOpen = value !== null && draft.find(property)?.isLocked === false;
    const text = String(value);
    return isAddress || !isOpen || draft.effective(property) === text ? [] : [{ property, text }];
  });
}
