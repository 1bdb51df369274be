import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { DimseStatus } from '../domain/dimse-status.ts';
import { type Uid, readUid } from '../domain/uid.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import { fileMetaHeader } from '../dicom/file-meta.ts';
import { HeaderScanner } from '../dicom/header-scanner.ts';
import type { InstanceName, StoredInstance } from './stored-instance.ts';
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
/** Pieces that are gathered for one write: as many as one system call takes (IOV_MAX). */
const flushPieces = 1024;
/** A piece up to this size is copied, so that it does not keep alive all that was read with it. */
const smallPiece = 1024;

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
  /** Where the instance belongs, once its header has told. */
  #name: InstanceName | undefined;
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
      this.#failure = this.#identify();
      if (this.#failure !== undefined) {
        this.#drop();
        return;
      }
    }
    this.#gather(bytes);
    if (this.#gatheredLength >= flushLength || this.#gathered.length >= flushPieces)
      this.#attempt(() => {
        this.#flush();
      });
  }

  /** Archive and study that the instance belongs to, once its header has told. */
  get place(): { archive: string; study: Uid } | undefined {
    return this.#name;
  }

  /** Puts the whole file under its name. */
  end(): WriteOutcome {
    if (this.#failure === undefined && !this.#headerDone) {
      this.#scanner.end();
      this.#failure = this.#identify();
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
    if (bytes.length === 0) return;
    this.#gathered.push(bytes.length <= smallPiece ? Buffer.from(bytes) : bytes);
    this.#gatheredLength += bytes.length;
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
  }

  #flush(): void {
    if (this.#gatheredLength === 0) return;
    this.#file ??= openSync(this.#temporaryPath, 'wx', 0o640);
    this.#hasTemporary = true;
    writeFully(this.#file, this.#gathered, this.#gatheredLength);
    this.#gathered = [];
    this.#gatheredLength = 0;
  }

  #finish(): void {
    const name = this.#name;
    if (name === undefined) throw new Error('An instance was finished that should have been refused.');
    this.#flush();
    this.#close();
    const path = instancePath(this.#options.directory, name);
    rename(this.#temporaryPath, path);
    this.#hasTemporary = false;
    this.#options.stored({
      ...name,
      sopClassUid: this.#incoming.sopClassUid,
      transferSyntaxUid: this.#incoming.transferSyntaxUid,
      size: this.#size,
      dataSetOffset: this.#header.length,
      crc32: this.#crc,
      path,
    });
  }

  /** Reads from the header where the instance belongs, or why it is not taken. */
  #identify(): WriteOutcome | undefined {
    const { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid } = this.#scanner.found;
    const instance = readUid(this.#incoming.sopInstanceUid);
    if (study === undefined || series === undefined || instance === undefined) {
      return {
        status: DimseStatus.cannotUnderstand,
        comment: 'Study, series or instance UID is missing or wrong',
      };
    }
    if (readUid(this.#incoming.sopClassUid) === undefined) {
      return { status: DimseStatus.cannotUnderstand, comment: 'SOP Class UID is missing or wrong' };
    }
    if (sopInstanceUid !== instance) {
      return {
        status: DimseStatus.dataSetDoesNotMatchSopClass,
        comment: 'SOP Instance UID differs from the command',
      };
    }
    // Decided once: a retrieval that ends meanwhile does not turn away what it has asked for.
    const archive = this.#options.archiveOf(study);
    if (archive === undefined) {
      return { status: DimseStatus.notAuthorized, comment: 'No retrieval asked for this study' };
    }
    this.#name = { archive, study, series, instance };
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

  /** Lets go of everything; the temporary file goes with it. Never throws: it is the way out of failures. */
  #drop(): void {
    this.#gathered = [];
    this.#gatheredLength = 0;
    attemptQuietly(() => {
      this.#close();
    });
    if (!this.#hasTemporary) return;
    this.#hasTemporary = false;
    attemptQuietly(() => {
      rmSync(this.#temporaryPath, { force: true });
    });
  }

  /** The descriptor is gone whether closing succeeds or not; the number may soon be another file's. */
  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}

/** What cannot be removed now is removed when the cache is opened again. */
function attemptQuietly(action: () => void): void {
  try {
    action();
  } catch {
    // The failure that led here has been kept.
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
