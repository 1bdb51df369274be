/** The archive of the flat settings, the one that is served at the root bases. */
export const defaultArchive = 'default';

/** Archives in all, `default` among them: each is asked every minute whether it answers. */
export const maxArchives = 32;

/** What an archive may be called, in plain words. */
export const archiveNameForm = '1 to 64 of the characters A-Z, a-z, 0-9, "_" and "-"';

/** True for a name that is safe in paths, URLs and names of settings, and is not `default`. */
export function isFurtherArchiveName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) && name.toLowerCase() !== defaultArchive;
}

/**
 * The name as it stands in environment variables: capitals, with underscores for dashes. Two archives
 * whose names give the same one cannot be told apart there (nor, on some systems, in the cache).
 */
export function archiveVariableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** The further archives of which settings are given under these properties, each once. */
export function furtherArchives(properties: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const property of properties) {
    const [, name] = /^archives\.([^.]+)\./.exec(property) ?? [];
    if (name !== undefined && isFurtherArchiveName(name)) names.add(name);
  }
  return [...names];
}

/** The names of a list that commas or spaces separate. */
export function splitArchiveNames(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** Names of further archives as they are shown: first those of `order` that there are, then the others by name. */
export function inOrder(names: Iterable<string>, order: string): string[] {
  const sorted = [...names].sort();
  const first = splitArchiveNames(order).filter((name) => sorted.includes(name));
  return [...first, ...sorted.filter((name) => !first.includes(name))];
}
