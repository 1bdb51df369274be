import { Worker } from 'node:worker_threads';
import { BrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import type { FillAnswer, ReaderRequest, SegmentFailure } from './reader-protocol.ts';
import type { Fill } from './segment-reader.ts';

interface Pending {
  readonly settle: (answer: SegmentFailure | undefined) => void;
  readonly fail: (error: BrokerError) => void;
}

/** Longer than any disk takes that still works. */
const fillTimeoutMs = 60_000;

/** The worker thread that reads files; after a crash, the next read starts it anew. */
export class ReaderThread {
  readonly #logger: CacheLogger;
  readonly #startWorker: () => Worker;
  readonly #pending = new Map<number, Pending>();
  /** The numbers of the buffers that the thread knows. */
  readonly #numbers = new Map<SharedArrayBuffer, number>();
  #worker: Worker | undefined;
  #lastId = 0;
  #lastNumber = 0;
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
  fill({ buffer, ...fill }: Fill): Promise<SegmentFailure | undefined> {
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
      const number = this.#introduced(buffer);
      this.#post({ kind: 'fill', id, buffer: number, ...fill });
    });
  }

  /** Lets go of a buffer that is not filled any more. */
  forget(buffer: SharedArrayBuffer): void {
    const number = this.#numbers.get(buffer);
    if (number === undefined) return;
    this.#numbers.delete(buffer);
    this.#post({ kind: 'forget', number });
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

  #introduced(buffer: SharedArrayBuffer): number {
    const known = this.#numbers.get(buffer);
    if (known !== undefined) return known;
    const number = ++this.#lastNumber;
    this.#post({ kind: 'buffer', number, buffer });
    this.#numbers.set(buffer, number);
    return number;
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
    if (this.#worker === worker) {
      this.#worker = undefined;
      this.#numbers.clear();
    }
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
