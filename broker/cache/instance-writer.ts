import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { DimseStatus } from '../domain/dimse-status.ts';
import { type Uid, readUid } from '../domain/uid.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import { fileMetaHeader } from '../dicom/file-meta.ts';
import { HeaderScanner } from '../dicom/header-scanner.ts';
import type { StoredInstance } from './stored-instance.ts';
import { incomingPath, instancePath } from './instance-path.ts';

/** What is known of an instance before its data set comes. */
export interface IncomingInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** AE title of the sender. */
  readonly sourceAeTitle: string;
}

export interface WriterOptions {
  readonly directory: string;
  /** The archive that an instance of that study belongs to, or undefined where nothing asked for it. */
  archiveOf(study: Uid): string | undefined;
  stored(instance: StoredInstance): void;
}

/** How writing one instance ended, in the terms of a C-STORE response. */
export interface WriteOutcome {
  readonly status: number;
  readonly comment?: string;
}

/** Bytes that are gathered for one write: few system calls for large instances, one for small ones. */
const flushLength = 512 * 1024;

/**
 * Writes one instance as it arrives, byte for byte, behind a file meta header. The file appears under
 * its name only when it is whole. All calls are synchronous: this runs in a thread that does nothing
 * else, where they are cheaper than the thread pool and are the back-pressure to the sender.
 */
export class InstanceWriter {
  readonly #incoming: IncomingInstance;
  readonly #options: WriterOptions;
  readonly #scanner: HeaderScanner;
  readonly #header: Buffer;
  readonly #temporaryPath: string;
  #headerDone = false;
  #failure: WriteOutcome | undefined;
  #file: number | undefined;
  /** True while there is a file under the temporary name. */
  #hasTemporary = false;
  #gathered: Buffer[] = [];
  #gatheredLength = 0;
  #size = 0;
  #crc = 0;

  constructor(incoming: IncomingInstance, options: WriterOptions) {
    this.#incoming = incoming;
    this.#options = options;
    this.#scanner = new HeaderScanner(encodingOf(incoming.transferSyntaxUid));
    this.#temporaryPath = incomingPath(options.directory);
    this.#header = fileMetaHeader(incoming);
    this.#gather(this.#header);
  }

  /** Takes the next bytes. A failure is kept for `end`; what follows it is read and dropped. */
  write(bytes: Buffer): void {
    if (this.#failure !== undefined) return;
    if (!this.#headerDone && this.#scanner.push(bytes)) {
      this.#headerDone = true;
      this.#failure = this.#refusal();
      if (this.#failure !== undefined) {
        this.#drop();
        return;
      }
    }
    this.#gather(bytes);
    if (this.#gatheredLength >= flushLength)
      this.#attempt(() => {
        this.#flush();
      });
  }

  /** Where the instance belongs, once its header has told. */
  get place(): { archive: string; study: Uid } | undefined {
    const study = this.#scanner.found.studyInstanceUid;
    const archive = study === undefined ? undefined : this.#options.archiveOf(study);
    return study === undefined || archive === undefined ? undefined : { archive, study };
  }

  /** Puts the whole file under its name. */
  end(): WriteOutcome {
    if (this.#failure === undefined && !this.#headerDone) {
      this.#scanner.end();
      this.#failure = this.#refusal();
    }
    if (this.#failure === undefined)
      this.#attempt(() => {
        this.#finish();
      });
    if (this.#failure !== undefined) this.#drop();
    return this.#failure ?? { status: DimseStatus.success };
  }

  /** Drops what has come: the sender broke off. */
  abort(): void {
    this.#drop();
  }

  #gather(bytes: Buffer): void {
    this.#gathered.push(bytes);
    this.#gatheredLength += bytes.length;
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
  }

  #flush(): void {
    this.#file ??= openSync(this.#temporaryPath, 'wx', 0o640);
    this.#hasTemporary = true;
    writeFully(this.#file, this.#gathered, this.#gatheredLength);
    this.#gathered = [];
    this.#gatheredLength = 0;
  }

  #finish(): void {
    const { study, series, instance, archive } = this.#identity();
    this.#flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    const path = instancePath(this.#options.directory, { archive, study, series, instance });
    rename(this.#temporaryPath, path);
    this.#hasTemporary = false;
    this.#options.stored({
      archive,
      study,
      series,
      instance,
      sopClassUid: this.#incoming.sopClassUid,
      transferSyntaxUid: this.#incoming.transferSyntaxUid,
      size: this.#size,
      dataSetOffset: this.#header.length,
      crc32: this.#crc,
      path,
    });
  }

  #identity(): { archive: string; study: Uid; series: Uid; instance: Uid } {
    const { studyInstanceUid: study, seriesInstanceUid: series } = this.#scanner.found;
    const instance = readUid(this.#incoming.sopInstanceUid);
    const archive = study === undefined ? undefined : this.#options.archiveOf(study);
    if (study === undefined || series === undefined || instance === undefined || archive === undefined) {
      throw new Error('An instance was finished that should have been refused.');
    }
    return { archive, study, series, instance };
  }

  /** Why the instance is not taken, as far as its header tells. */
  #refusal(): WriteOutcome | undefined {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = this.#scanner.found;
    const instance = readUid(this.#incoming.sopInstanceUid);
    if (studyInstanceUid === undefined || seriesInstanceUid === undefined || instance === undefined) {
      return {
        status: DimseStatus.cannotUnderstand,
        comment: 'Study, series or instance UID is missing or wrong',
      };
    }
    if (sopInstanceUid !== instance) {
      return {
        status: DimseStatus.dataSetDoesNotMatchSopClass,
        comment: 'SOP Instance UID differs from the command',
      };
    }
    if (this.#options.archiveOf(studyInstanceUid) === undefined) {
      return { status: DimseStatus.notAuthorized, comment: 'No retrieval asked for this study' };
    }
    return undefined;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure = outcomeOf(error);
      this.#drop();
    }
  }

  /** Lets go of everything; the temporary file goes with it. */
  #drop(): void {
    this.#gathered = [];
    this.#gatheredLength = 0;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    if (this.#hasTemporary) rmSync(this.#temporaryPath, { force: true });
    this.#hasTemporary = false;
  }
}

function outcomeOf(error: unknown): WriteOutcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return { status: DimseStatus.outOfResources, comment: 'The disk of the cache is full' };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: DimseStatus.outOfResources, comment: `The cache cannot be written: ${code || message}` };
}

/** `writev` may write less than it was given: the rest follows piece by piece. */
function writeFully(file: number, parts: readonly Buffer[], length: number): void {
  let skipped = writevSync(file, parts);
  if (skipped === length) return;
  for (const part of parts) {
    let offset = Math.min(skipped, part.length);
    skipped -= offset;
    while (offset < part.length) offset += writeSync(file, part, offset);
  }
}

/** The directory of a series is made when its first instance comes, and again after it was evicted. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    mkdirSync(dirname(to), { recursive: true, mode: 0o750 });
    renameSync(from, to);
  }
}
