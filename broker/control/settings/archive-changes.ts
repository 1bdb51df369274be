import {
  archiveNameForm,
  archiveVariableName,
  defaultArchive,
  isFurtherArchiveName,
  maxArchives,
} from '../../config/archive-name.ts';
import { originText } from '../../config/problem-text.ts';
import type { ReadSettings } from '../../config/read-settings.ts';
import { archiveSettings } from '../../config/schema.ts';
import type { StoredSettings } from '../../config/settings-store.ts';
import { BrokerError } from '../../domain/errors.ts';
import { isLockedBy } from './described-settings.ts';

/** @throws BrokerError `configuration` where no archive can have that name */
export function checkNewArchive(name: string, changes: StoredSettings, read: ReadSettings): void {
  if (!isFurtherArchiveName(name))
    throw refusal(
      `${JSON.stringify(name)} cannot be the name of an archive.`,
      `Allowed: ${archiveNameForm}.`,
    );
  const alike = [defaultArchive, ...read.archives.keys()].find(
    (other) => archiveVariableName(other) === archiveVariableName(name),
  );
  if (alike !== undefined)
    throw refusal(
      `There is an archive ${alike} already.`,
      'Give the new one a name that differs in more than capitals or dashes.',
    );
  if (read.archives.size + 2 > maxArchives)
    throw refusal(
      `There are ${maxArchives} archives, and there can be no more.`,
      'Remove one that is no longer needed.',
    );
  const foreign = Object.keys(changes).find((property) => !property.startsWith(`archives.${name}.`));
  if (foreign !== undefined)
    throw refusal(
      `${foreign} is no setting of archive ${name}.`,
      `Its settings begin with archives.${name}.`,
    );
}

/**
 * The changes of the settings store that remove an archive, its place in the order included.
 * @throws BrokerError `configuration` where it is not there, or is not the settings store's alone
 */
export function removalOf(name: string, read: ReadSettings): StoredSettings {
  if (name === defaultArchive)
    throw refusal(
      'The archive default cannot be removed: the URLs without an archive’s name are its own.',
      'Change its settings to those of another archive instead.',
    );
  if (!read.archives.has(name)) throw new BrokerError('not-found', `There is no archive ${name}.`);
  const properties = archiveSettings(name).map(({ property }) => property);
  const origins = properties.map((property) => read.given.get(property)?.origin);
  const lock = origins.find(isLockedBy);
  if (lock !== undefined)
    throw refusal(
      `The archive ${name} is given by ${originText(lock)}, and cannot be removed here.`,
      'Take it out there, and start the gateway again.',
    );
  return Object.fromEntries(properties.map((property) => [property, null]));
}

/** The setting that keeps an order of archives. @throws BrokerError `configuration` where one is not there */
export function orderOf(names: readonly string[], read: ReadSettings): StoredSettings {
  const further = names.filter((name) => name !== defaultArchive);
  const stranger = further.find((name) => !read.archives.has(name));
  if (stranger !== undefined)
    throw refusal(`There is no archive ${stranger}.`, 'Name archives that there are.');
  return { 'archives.order': further.length === 0 ? null : further.join(', ') };
}

function refusal(message: string, remedy: string): BrokerError {
  return new BrokerError('configuration', message, { remedy });
}
