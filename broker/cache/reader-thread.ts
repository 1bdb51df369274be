import { Worker } from 'node:worker_threads';
import { BrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { FillAnswer, ReaderRequest, Segment, SegmentFailure } from './reader-protocol.ts';

interface Pending {
  readonly settle: (answer: SegmentFailure | undefined) => void;
  readonly fail: (error: BrokerError) => void;
}

export interface Fill {
  readonly stream: number;
  readonly buffer: SharedArrayBuffer;
  readonly segments: readonly Segment[];
}

/** Longer than any disk takes that still works. */
const fillTimeoutMs = 60_000;

/** The worker thread that reads files; after a crash, the next read starts it anew. */
export class ReaderThread {
  readonly #logger: CacheLogger;
  readonly #startWorker: () => Worker;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(logger: CacheLogger, startWorker: () => Worker = startReaderWorker) {
    this.#logger = logger;
    this.#startWorker = startWorker;
    this.#worker = this.#start();
  }

  /**
   * Reads segments into a buffer, which belongs to the thread until this settles.
   * @returns the first segment that could not be read, or undefined
   * @throws BrokerError `internal` where the thread crashed or takes too long, `cancelled` after `close`
   */
  fill(fill: Fill): Promise<SegmentFailure | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedError();
      const id = ++this.#lastId;
      const timer = setTimeout(() => {
        this.#take(id)?.fail(
          new BrokerError('internal', `Reading cached files took over ${fillTimeoutMs / 1000} s.`),
        );
      }, fillTimeoutMs);
      this.#pending.set(id, {
        settle: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#post({ kind: 'fill', id, ...fill });
    });
  }

  /** Closes the file that the stream is in the middle of. */
  end(stream: number): void {
    if (this.#worker !== undefined) this.#post({ kind: 'end', stream });
  }

  /** Ends the thread; fills that are under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#forget(worker, closedError());
    await worker?.terminate();
  }

  #post(request: ReaderRequest): void {
    this.#worker ??= this.#start();
    // An idle thread keeps no process alive.
    if (this.#pending.size > 0) this.#worker.ref();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = this.#startWorker();
    worker.unref();
    worker.on('message', ({ id, failure }: FillAnswer) => {
      this.#take(id)?.settle(failure);
      if (this.#pending.size === 0) worker.unref();
    });
    const gone = (thrown: unknown): void => {
      if (this.#worker !== worker) return;
      this.#logger.error(
        { err: thrown },
        'The thread that reads cached files ended; the next read starts it anew.',
      );
      const message = 'The thread that reads cached files ended unexpectedly.';
      this.#forget(worker, new BrokerError('internal', message, { cause: thrown }));
    };
    worker.on('error', gone);
    worker.on('exit', (code) => {
      gone(new Error(`exit code ${code}`));
    });
    return worker;
  }

  #forget(worker: Worker | undefined, error: BrokerError): void {
    if (this.#worker === worker) this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { fail } of pending) fail(error);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

/** Starts the thread from the source file beside this one. */
function startReaderWorker(): Worker {
  return new Worker(new URL('./reader-worker.ts', import.meta.url), {
    name: 'instance-reader',
    execArgv: [],
  });
}

function closedError(): BrokerError {
  return new BrokerError('cancelled', 'The gateway is shutting down.');
}
