import type { Worker } from 'node:worker_threads';
import type { BufferPoolLimits } from './buffer-pool.ts';
import { BufferPool } from './buffer-pool.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { Part } from './part.ts';
import { ReadStream } from './read-stream.ts';
import { ReaderThread } from './reader-thread.ts';

export interface InstanceReaderOptions extends Partial<BufferPoolLimits> {
  readonly logger: CacheLogger;
  /** Starts the thread that reads; for a host that keeps its file elsewhere. */
  readonly startWorker?: () => Worker;
}

const defaultLimits: BufferPoolLimits = {
  bufferLength: 2 * 1024 * 1024,
  maxBuffers: 32,
  waitTimeoutMs: 60_000,
  idleMs: 10_000,
};

/** Reads files of the cache for sending, in a thread of its own, into a bounded number of buffers. */
export class InstanceReader {
  readonly #pool: BufferPool;
  readonly #thread: ReaderThread;
  #streams = 0;

  constructor(options: InstanceReaderOptions) {
    const { logger, startWorker, ...limits } = options;
    const thread = new ReaderThread(logger, startWorker);
    this.#thread = thread;
    this.#pool = new BufferPool({ ...defaultLimits, ...limits }, (buffer) => {
      thread.forget(buffer);
    });
  }

  /** Buffers that are in use by streams. */
  get buffersInUse(): number {
    return this.#pool.taken;
  }

  /**
   * Gives the bytes of `parts`, one after the other, in chunks as large as a buffer where the parts are
   * there, and without waiting for more where they are not. A chunk is valid until the next is asked
   * for: the consumer waits for its write to end first, or destroys the socket. Whole files with a
   * CRC-32 are checked; one that fits a buffer, before any of it is given.
   * @param signal ends the reading; the source of the parts has to end on it too
   * @param fillsAtOnce the first buffers are not filled in part only, for the sake of an early first byte
   * @throws DamagedFileError (`cache-damaged`) where a file is missing, damaged, or of another size,
   *   after everything before it was given; BrokerError `busy` where no buffer becomes free, `cancelled`
   *   on the signal, `internal`; and what the source threw, as BrokerError
   */
  async *read(
    parts: Iterable<Part> | AsyncIterable<Part>,
    signal: AbortSignal,
    { fillsAtOnce = false }: { readonly fillsAtOnce?: boolean } = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = new ReadStream({
      pool: this.#pool,
      thread: this.#thread,
      id: ++this.#streams,
      parts,
      signal,
      fillsAtOnce,
    });
    try {
      let ahead = stream.fill();
      for (;;) {
        const filled = await ahead;
        if (filled === undefined) return;
        // The next buffer is filled while this one is being sent.
        if (filled.error === undefined) ahead = stream.fillAhead();
        if (filled.length > 0) yield Buffer.from(filled.buffer, 0, filled.length);
        stream.release(filled);
        if (filled.error !== undefined) throw filled.error;
      }
    } finally {
      stream.close();
    }
  }

  /** Ends the thread; what is being read fails with `cancelled`. */
  async close(): Promise<void> {
    this.#pool.clear();
    await this.#thread.close();
  }
}
