import { type FileHandle, open, rm } from 'node:fs/promises';
import { BrokerError } from '../domain/errors.ts';
import { incomingPath } from './instance-path.ts';
import { SpooledPart } from './spooled-part.ts';

export interface SpoolOptions {
  /** Of the cache; files are put where it receives, which is emptied when it is opened. */
  readonly directory: string;
  /** Bytes that all parts together may have in memory; 32 MiB by default. */
  readonly memory?: number;
}

/** A part up to this size stays in memory where there is room: it is sent on at once, for the most part. */
const largestInMemory = 1024 * 1024;
/** Bytes that are gathered for one write. */
const flushLength = 1024 * 1024;
/** A piece up to this size is copied, so that it does not keep alive all that was read with it. */
const smallPiece = 1024;

/**
 * Keeps what clients send until it has been passed on: small parts in memory as long as that has room,
 * all others in files.
 */
export class Spool {
  readonly #directory: string;
  readonly #memory: number;
  #inMemory = 0;

  constructor({ directory, memory = 32 * 1024 * 1024 }: SpoolOptions) {
    this.#directory = directory;
    this.#memory = memory;
  }

  /** Bytes that are in memory now. */
  get inMemory(): number {
    return this.#inMemory;
  }

  /**
   * Takes a part in. Dispose of it when it has been passed on.
   * @param maxLength bytes that it may have
   * @param what it is, for error texts
   * @throws PartTooLarge, BrokerError `disk-full`, Error of the file system; what the source throws. Nothing is left then
   */
  async take(source: AsyncIterable<Buffer>, maxLength: number, what: string): Promise<SpooledPart> {
    await using filling = new Filling(this.#directory, {
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => {
        this.#inMemory -= bytes;
      },
    });
    for await (const piece of source) {
      if (filling.length + piece.length > maxLength) {
        throw new PartTooLarge(what, maxLength);
      }
      await filling.add(piece.length <= smallPiece ? Buffer.from(piece) : piece);
    }
    return await filling.finish();
  }

  #reserve(bytes: number): boolean {
    if (this.#inMemory + bytes > this.#memory) return false;
    this.#inMemory += bytes;
    return true;
  }
}

/** A part has more bytes than one may have. */
export class PartTooLarge extends BrokerError {
  constructor(what: string, maxLength: number) {
    super('too-large', `${what} is larger than the ${maxLength} bytes allowed.`);
  }
}

interface Budget {
  reserve(bytes: number): boolean;
  release(bytes: number): void;
}

/** A part while it is being taken in. */
class Filling implements AsyncDisposable {
  readonly #directory: string;
  readonly #budget: Budget;
  length = 0;
  #reserved = 0;
  #gathered: Buffer[] = [];
  #gatheredLength = 0;
  #path: string | undefined;
  #file: FileHandle | undefined;
  #isFinished = false;

  constructor(directory: string, budget: Budget) {
    this.#directory = directory;
    this.#budget = budget;
  }

  async add(piece: Buffer): Promise<void> {
    this.length += piece.length;
    this.#gathered.push(piece);
    this.#gatheredLength += piece.length;
    if (this.#file === undefined && this.length <= largestInMemory && this.#budget.reserve(piece.length)) {
      this.#reserved += piece.length;
      return;
    }
    if (this.#gatheredLength >= flushLength || this.#file === undefined) await this.#flush();
  }

  async finish(): Promise<SpooledPart> {
    if (this.#file !== undefined) {
      await this.#flush();
      const file = this.#file;
      this.#file = undefined;
      await asSpoolError(() => file.close());
    }
    this.#isFinished = true;
    const reserved = this.#reserved;
    return new SpooledPart({
      length: this.length,
      directory: this.#directory,
      held: this.#path === undefined ? { pieces: this.#gathered } : { path: this.#path },
      release: () => {
        this.#budget.release(reserved);
      },
    });
  }

  /** Without `finish`: drops all. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished) return;
    this.#gathered = [];
    this.#budget.release(this.#reserved);
    await this.#file?.close().catch(() => undefined);
    if (this.#path !== undefined) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const pieces = this.#gathered;
    const length = this.#gatheredLength;
    this.#gathered = [];
    this.#gatheredLength = 0;
    await asSpoolError(async () => {
      if (this.#file === undefined) {
        const path = incomingPath(this.#directory);
        this.#file = await open(path, 'wx', 0o640);
        this.#path = path;
      }
      await writeFully(this.#file, pieces, length);
    });
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
  }
}

/** As many pieces as one system call takes (IOV_MAX). */
const mostPieces = 1024;

async function writeFully(file: FileHandle, pieces: readonly Buffer[], length: number): Promise<void> {
  if (length === 0) return;
  if (pieces.length <= mostPieces) {
    const { bytesWritten } = await file.writev(pieces);
    if (bytesWritten === length) return;
    await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
    return;
  }
  await file.writeFile(Buffer.concat(pieces));
}

/** @throws BrokerError `disk-full`; what else the action throws */
async function asSpoolError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new BrokerError('disk-full', 'The disk of the cache is full: what was sent cannot be kept.', {
        remedy: 'Free space on the disk of the cache, or lower scp.cache_max_size_in_mb.',
        cause,
      });
    }
    throw cause;
  }
}
