/** Where in the cache the person is: each part needs the one before it. */
export interface CachePlace {
  readonly archive: string;
  readonly study: string;
  readonly series?: string | undefined;
  readonly instance?: string | undefined;
}

/** The address of a place in the cache, behind `#`. */
export function cachePath({ archive, study, series, instance }: CachePlace): string {
  const parts = [archive, study, series, instance].filter((part) => part !== undefined);
  return `/cache/${parts.map(encodeURIComponent).join('/')}`;
}

/** The address of a study in the cache, behind `#`. */
export function studyPath({ archive, study }: Pick<CachePlace, 'archive' | 'study'>): string {
  return cachePath({ archive, study });
}

/** The place that the parts of an address name; undefined for the list of all studies. */
export function placeOfParts(parts: readonly string[]): CachePlace | undefined {
  const [archive, study, series, instance] = parts.filter((part) => part !== '');
  return archive === undefined || study === undefined ? undefined : { archive, study, series, instance };
}

/** What tells studies apart, for rows and lists. */
export function studyKeyText({
  archive,
  study,
}: {
  readonly archive: string;
  readonly study: string;
}): string {
  return `${archive}/${study}`;
}
