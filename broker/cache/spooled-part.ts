import { open, rm, writeFile } from 'node:fs/promises';
import { incomingPath } from './instance-path.ts';

export interface SpooledPartState {
  readonly length: number;
  readonly directory: string;
  readonly held: { readonly pieces: readonly Buffer[] } | { readonly path: string };
  readonly release: () => void;
  /** Gives the memory back for other parts. */
  readonly reuse: () => void;
}

/** Bytes of each read. */
const readLength = 256 * 1024;

/** Something that a client sent, kept in memory or in a file until it is disposed of. */
export class SpooledPart implements AsyncDisposable {
  readonly length: number;
  readonly #state: SpooledPartState;
  #pieces: readonly Buffer[];
  #path: string | undefined;
  #isDisposed = false;
  #isSent = false;

  constructor(state: SpooledPartState) {
    this.#state = state;
    this.length = state.length;
    this.#pieces = 'pieces' in state.held ? state.held.pieces : [];
    this.#path = 'path' in state.held ? state.held.path : undefined;
  }

  /** Its bytes from one on; can be asked for several times. @throws Error of the file system */
  async *stream(from = 0): AsyncGenerator<Buffer, void, undefined> {
    if (this.#path === undefined) yield* piecesFrom(this.#pieces, from);
    else yield* fileFrom(this.#path, from);
  }

  /**
   * Notes that it has arrived where it was sent to, so that its memory can be used again when it is disposed of.
   * Without that, something may still wait to be sent.
   */
  noteSent(): void {
    this.#isSent = true;
  }

  /** All of it. For what has a limit that memory can bear. */
  async bytes(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stream()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The path of a file with its bytes, which is written where there is none yet. @throws Error of the file system */
  async file(): Promise<string> {
    if (this.#path !== undefined) return this.#path;
    const path = incomingPath(this.#state.directory);
    try {
      await writeFile(path, this.#pieces, { flag: 'wx', mode: 0o640 });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    this.#path = path;
    return path;
  }

  /** Lets go of it; never throws. What cannot be removed now is removed when the cache is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pieces = [];
    this.#state.release();
    if (this.#isSent) this.#state.reuse();
    if (this.#path !== undefined) await rm(this.#path, { force: true }).catch(() => undefined);
  }
}

function* piecesFrom(pieces: readonly Buffer[], from: number): Generator<Buffer, void, undefined> {
  let skip = from;
  for (const piece of pieces) {
    if (skip < piece.length) yield skip === 0 ? piece : piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

async function* fileFrom(path: string, from: number): AsyncGenerator<Buffer, void, undefined> {
  await using file = await open(path, 'r');
  for (let position = from; ;) {
    // A new buffer each time: the last one may still wait to be sent.
    const buffer = Buffer.allocUnsafeSlow(readLength);
    const { bytesRead } = await file.read(buffer, 0, readLength, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
