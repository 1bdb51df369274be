import { randomUUID } from 'node:crypto';
import { join, sep } from 'node:path';
import { BrokerError } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import { isUid } from '../domain/uid.ts';
import type { InstanceName } from './stored-instance.ts';

const archiveForm = /^[A-Za-z0-9_-]{1,64}$/;
const extension = '.dcm';

/** Where the files of instances are: `{cacheDir}/instances/{archive}/{study}/{series}/{instance}.dcm`. */
export function instancesDirectory(cacheDir: string): string {
  return join(cacheDir, 'instances');
}

/** Where files are while they are being received. Emptied when the cache is opened. */
export function incomingDirectory(cacheDir: string): string {
  return join(cacheDir, 'incoming');
}

/** Where a study is put in one step when it leaves the cache; its files are removed from there. */
export function trashDirectory(cacheDir: string): string {
  return join(cacheDir, 'trash');
}

/** A path that nobody has yet, for a file that is being received. */
export function incomingPath(cacheDir: string): string {
  return join(incomingDirectory(cacheDir), `${randomUUID()}.part`);
}

/** @throws BrokerError `internal` where a name is not safe as a part of a path */
export function archivePath(cacheDir: string, archive: string): string {
  return instancesDirectory(cacheDir) + sep + archiveSegment(archive);
}

/** @throws BrokerError `internal` where a name is not safe as a part of a path */
export function studyPath(cacheDir: string, archive: string, study: Uid): string {
  return archivePath(cacheDir, archive) + sep + uidSegment(study, 'Study');
}

/**
 * The path of an instance's file. UIDs come from peers: whoever calls has checked them, and they are
 * checked here again, since each is a part of the path.
 * @throws BrokerError `internal` where a name is not safe as a part of a path
 */
export function instancePath(cacheDir: string, name: InstanceName): string {
  // Parts that were checked need no `join`, which costs most of what looking up a large study does.
  const series = studyPath(cacheDir, name.archive, name.study) + sep + uidSegment(name.series, 'Series');
  return series + sep + uidSegment(name.instance, 'SOP') + extension;
}

/** The SOP Instance UID that a file of the cache is named after, or undefined where it is none of ours. */
export function instanceOfFileName(fileName: string): Uid | undefined {
  if (!fileName.endsWith(extension)) return undefined;
  const name = fileName.slice(0, -extension.length);
  return isUid(name) ? name : undefined;
}

/** True where `name` can name an archive: 1 to 64 of `A-Z a-z 0-9 _ -`. */
export function isArchiveName(name: string): boolean {
  return archiveForm.test(name);
}

function archiveSegment(name: string): string {
  if (typeof name === 'string' && isArchiveName(name)) return name;
  throw unsafe('The name of an archive', name, '1 to 64 of the characters A-Z, a-z, 0-9, "_" and "-"');
}

function uidSegment(uid: string, what: string): string {
  if (typeof uid === 'string' && isUid(uid)) return uid;
  throw unsafe(`A ${what} Instance UID`, uid, '1 to 64 characters, digits separated by single dots');
}

function unsafe(what: string, value: unknown, allowed: string): BrokerError {
  const shown = JSON.stringify(String(value).slice(0, 80));
  return new BrokerError('internal', `${what} cannot be part of a path: ${shown}. Allowed is ${allowed}.`);
}
