import { type FileHandle, open, rm } from 'node:fs/promises';
import { BrokerError } from '../domain/errors.ts';
import { BlockPool, blockLength } from './block-pool.ts';
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
/** Of a part up to this size the chunks are kept that it came in, each copied so that it keeps no more alive. */
const smallPart = 32 * 1024;

/**
 * Keeps what clients send until it has been passed on: small parts in memory as long as that has room,
 * all others in files.
 */
export class Spool {
  readonly #directory: string;
  readonly #memory: number;
  readonly #blocks = new BlockPool();
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
    await using filling = new Filling(this.#directory, this.#blocks, {
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => {
        this.#inMemory -= bytes;
      },
    });
    for await (const piece of source) {
      if (filling.length + piece.length > maxLength) {
        throw new PartTooLarge(what, maxLength);
      }
      await filling.add(piece);
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
  readonly #pool: BlockPool;
  readonly #budget: Budget;
  length = 0;
  #reserved = 0;
  /** What is in memory: copies of small chunks, then what the blocks hold. */
  #small: Buffer[] = [];
  #blocks: Buffer[] = [];
  #gathered = 0;
  /** Bytes that are used of the last block. */
  #used = blockLength;
  #path: string | undefined;
  #file: FileHandle | undefined;
  #isFinished = false;

  constructor(directory: string, pool: BlockPool, budget: Budget) {
    this.#directory = directory;
    this.#pool = pool;
    this.#budget = budget;
  }

  async add(piece: Buffer): Promise<void> {
    this.length += piece.length;
    const fits =
      this.#file === undefined && this.length <= largestInMemory && this.#budget.reserve(piece.length);
    if (fits) this.#reserved += piece.length;
    if (this.length <= smallPart) this.#keepSmall(piece);
    else for (let at = 0; at < piece.length;) at += this.#copy(piece, at);
    if (!fits && (this.#gathered >= flushLength || this.#file === undefined)) await this.#flush();
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
    const blocks = this.#blocks;
    return new SpooledPart({
      length: this.length,
      directory: this.#directory,
      held: this.#path === undefined ? { pieces: this.#pieces() } : { path: this.#path },
      release: () => {
        this.#budget.release(reserved);
      },
      reuse: () => {
        this.#pool.give(blocks);
      },
    });
  }

  /** Without `finish`: drops all. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished) return;
    this.#pool.give(this.#blocks);
    this.#blocks = [];
    this.#budget.release(this.#reserved);
    await this.#file?.close().catch(() => undefined);
    if (this.#path !== undefined) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  #keepSmall(piece: Buffer): void {
    this.#small.push(Buffer.from(piece));
    this.#gathered += piece.length;
  }

  /** @returns how many bytes went into the last block, or a new one */
  #copy(piece: Buffer, at: number): number {
    if (this.#used === blockLength) {
      this.#blocks.push(this.#pool.take());
      this.#used = 0;
    }
    const copied = piece.copy(this.#blocks.at(-1)!, this.#used, at);
    this.#used += copied;
    this.#gathered += copied;
    return copied;
  }

  /** What is in memory, in its order. */
  #pieces(): Buffer[] {
    const last = this.#blocks.length - 1;
    const held = this.#blocks.map((block, index) => (index === last ? block.subarray(0, this.#used) : block));
    return [...this.#small, ...held];
  }

  async #flush(): Promise<void> {
    await asSpoolError(async () => {
      if (this.#file === undefined) {
        const path = incomingPath(this.#directory);
        this.#file = await open(path, 'wx', 0o640);
        this.#path = path;
      }
      await writeFully(this.#file, this.#pieces(), this.#gathered);
    });
    this.#pool.give(this.#blocks);
    this.#blocks = [];
    this.#small = [];
    this.#used = blockLength;
    this.#gathered = 0;
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
