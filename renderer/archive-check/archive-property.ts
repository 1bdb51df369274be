/** The archive of the settings without a name in them. */
export const defaultArchive = 'default';

/** The name of a setting of an archive. */
export function archiveProperty(archive: string, ofDefault: string): string {
  return archive === defaultArchive ? ofDefault : `archives.${archive}.${ofDefault}`;
}
