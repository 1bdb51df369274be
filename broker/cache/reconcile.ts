import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { toBrokerError } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import { isUid } from '../domain/uid.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { InstanceIndex } from './instance-index.ts';
import { instanceOfFileName, instancesDirectory, isArchiveName, studyPath } from './instance-path.ts';
import { readInstanceFile } from './read-instance-file.ts';
import type { InstanceName, StoredInstance } from './stored-instance.ts';

/** What differed between the index and the files. */
export interface Reconciled {
  /** Files that the index did not know and that are in it now. */
  indexed: number;
  /** Rows that are gone: their file is missing or has another size. */
  dropped: number;
  /** Files that are gone: they do not hold what their name says, or not all of it. */
  removed: number;
  /** Things beside the files of instances, which nobody touches. */
  foreign: number;
}

interface ReconcileParts {
  readonly cacheDir: string;
  readonly index: InstanceIndex;
  readonly logger: CacheLogger;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface FoundFile {
  readonly name: InstanceName;
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** Files whose sizes are asked for at once. */
const statBatch = 64;
const studyPage = 256;
const readLength = 512 * 1024;

/**
 * Makes the index agree with the files, which are the truth. Works study by study, so that no more than
 * one is in memory, and gives the event loop its turns.
 * @throws the file system's error where a directory cannot be read; BrokerError of the index
 */
export async function reconcile(parts: ReconcileParts): Promise<Reconciled> {
  return new Reconciliation(parts).run();
}

class Reconciliation {
  readonly #parts: ReconcileParts;
  readonly #result: Reconciled = { indexed: 0, dropped: 0, removed: 0, foreign: 0 };
  /** What unknown files are read into, one after the other. */
  #buffer: Uint8Array | undefined;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
  }

  async run(): Promise<Reconciled> {
    const { index, cacheDir, now } = this.#parts;
    index.forgetUseAfter(now);
    await this.#dropStudiesWithoutDirectory();
    for (const archive of await this.#directories(instancesDirectory(cacheDir), isArchiveName)) {
      for (const study of await this.#directories(join(instancesDirectory(cacheDir), archive), isUid)) {
        if (isUid(study)) await this.#reconcileStudy(archive, study);
      }
    }
    index.flush();
    return this.#result;
  }

  async #dropStudiesWithoutDirectory(): Promise<void> {
    const { index, cacheDir } = this.#parts;
    let last = { archive: '', study: '' };
    for (;;) {
      const page = index.studiesAfter(last, studyPage);
      const end = page.at(-1);
      if (end === undefined) return;
      for (const { archive, study, instances } of page) {
        const found = lstatSync(studyPath(cacheDir, archive, study), { throwIfNoEntry: false });
        if (found?.isDirectory() === true) continue;
        index.removeStudy(archive, study);
        this.#result.dropped += instances;
      }
      last = end;
      await new Promise(setImmediate);
    }
  }

  async #reconcileStudy(archive: string, study: Uid): Promise<void> {
    const { index } = this.#parts;
    const rows = new Map(index.find(archive, { level: 'study', study }).map((row) => [keyOf(row), row]));
    const directory = studyPath(this.#parts.cacheDir, archive, study);
    for (const series of await this.#directories(directory, isUid)) {
      if (!isUid(series)) continue;
      const found = await this.#files(join(directory, series), { archive, study, series });
      for (const file of found) await this.#reconcileFile(file, rows);
      if (found.length === 0) await removeIfEmpty(join(directory, series));
    }
    await removeIfEmpty(directory);
    this.#drop(archive, [...rows.values()]);
  }

  /** Takes the row of a file that is as it should be out of `rows`. */
  async #reconcileFile(file: FoundFile, rows: Map<string, StoredInstance>): Promise<void> {
    const row = rows.get(keyOf(file.name));
    if (row === undefined) await this.#adopt(file);
    else if (row.size === file.size) rows.delete(keyOf(file.name));
    else await this.#removeFile(file, 'its size differs from what was received');
  }

  async #adopt(file: FoundFile): Promise<void> {
    try {
      this.#buffer ??= new Uint8Array(readLength);
      const instance = await readInstanceFile(file.path, file.name, this.#buffer);
      this.#parts.index.add(instance, Math.min(Math.round(file.modifiedAt), this.#parts.now));
      this.#result.indexed += 1;
    } catch (thrown) {
      await this.#removeFile(file, toBrokerError(thrown).message);
    }
    if (this.#parts.index.pending >= statBatch) this.#parts.index.flush();
  }

  async #removeFile(file: FoundFile, reason: string): Promise<void> {
    this.#parts.logger.warn({ ...file.name, reason }, 'A file of the cache is damaged and was removed.');
    await rm(file.path, { force: true });
    this.#result.removed += 1;
  }

  #drop(archive: string, rows: readonly StoredInstance[]): void {
    if (rows.length === 0) return;
    this.#parts.index.remove(
      archive,
      rows.map(({ study, series, instance }) => ({ level: 'instance', study, series, instance })),
    );
    this.#result.dropped += rows.length;
  }

  /** The names of the directories in `directory` that are of ours. */
  async #directories(directory: string, isOurs: (name: string) => boolean): Promise<string[]> {
    const entries = await readdir(directory, { withFileTypes: true });
    const ours = entries.filter((entry) => entry.isDirectory() && isOurs(entry.name));
    this.#result.foreign += entries.length - ours.length;
    return ours.map((entry) => entry.name);
  }

  async #files(directory: string, series: Omit<InstanceName, 'instance'>): Promise<FoundFile[]> {
    const entries = await readdir(directory, { withFileTypes: true });
    const found: FoundFile[] = [];
    for (let start = 0; start < entries.length; start += statBatch) {
      const batch = entries.slice(start, start + statBatch).map(async (entry) => {
        const instance = entry.isFile() ? instanceOfFileName(entry.name) : undefined;
        if (instance === undefined) return undefined;
        const path = join(directory, entry.name);
        const { size, mtimeMs } = await lstat(path);
        return { name: { ...series, instance }, path, size, modifiedAt: mtimeMs };
      });
      found.push(...(await Promise.all(batch)).filter((file) => file !== undefined));
    }
    this.#result.foreign += entries.length - found.length;
    return found;
  }
}

function keyOf({ series, instance }: InstanceName): string {
  return `${series}/${instance}`;
}

/** A directory that is not empty, or went away, stays as it is. */
async function removeIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw thrown;
  });
}
