import { archiveNameForm, defaultArchive, isFurtherArchiveName } from './archive-name.ts';
import { nearestName } from './nearest-name.ts';
import { archiveSettings, settings } from './schema.ts';

/** A hint for a property that is no setting, with a space before it; empty where there is none. */
export function unknownPropertyHint(property: string): string {
  const [, archive, ofArchive] = /^archives?\.([^.]*)\.(.*)$/i.exec(property) ?? [];
  if (archive === undefined || ofArchive === undefined) {
    return didYouMean(
      property,
      settings.map((setting) => setting.property),
    );
  }
  if (archive.toLowerCase() === defaultArchive) {
    return ` Archive ${defaultArchive} is set without archives.${defaultArchive}, such as qido.remote_ae.`;
  }
  if (!isFurtherArchiveName(archive)) return ` The name of an archive is ${archiveNameForm}.`;
  return didYouMean(
    property,
    archiveSettings(archive).map((setting) => setting.property),
  );
}

function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
