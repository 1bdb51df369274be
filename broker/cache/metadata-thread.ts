import { Worker } from 'node:worker_threads';
import { BrokerError } from '../domain/errors.ts';
import type { CacheLogger } from './cache-logger.ts';
import {
  type MetadataAnswer,
  type MetadataMessage,
  type MetadataNote,
  type MetadataOrder,
  type MetadataQuestion,
  type MetadataWorkerData,
  markHarmful,
} from './metadata-protocol.ts';

export interface MetadataThreadOptions {
  /** Path of the database. */
  readonly path: string;
  readonly logger: CacheLogger;
  /** Starts the thread; for a host that keeps its file elsewhere. */
  readonly startWorker?: (data: MetadataWorkerData) => Worker;
  /** How long one question may take. */
  readonly timeoutMs?: number;
}

interface Pending {
  question: MetadataQuestion;
  crashes: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (answer: MetadataAnswer) => void;
  readonly fail: (error: BrokerError) => void;
}

const defaultTimeoutMs = 60_000;
const mostCrashes = 3;
const closeMs = 5_000;

/**
 * The worker thread that makes and keeps metadata. Where a file ends it, by taking all of its memory or
 * time, it is started anew, the file is not looked into again, and what others asked for is asked again.
 */
export class MetadataThread {
  readonly #options: MetadataThreadOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #current = new Int32Array(new SharedArrayBuffer(8));
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: MetadataThreadOptions) {
    this.#options = options;
    this.#worker = this.#start();
  }

  /**
   * Asks the thread, after what it was asked and told before.
   * @throws BrokerError of the answer; `internal` where the thread breaks down again and again or takes
   *   too long, `cancelled` after `close`
   */
  ask(question: MetadataQuestion): Promise<MetadataAnswer> {
    const { timeoutMs = defaultTimeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedError();
      const id = ++this.#lastId;
      const timer = setTimeout(() => {
        this.#overdue(id);
      }, timeoutMs);
      this.#pending.set(id, { question, crashes: 0, timer, settle: resolve, fail: reject });
      this.#post({ ...question, id });
    });
  }

  /** Tells the thread; what it was told is lost where it breaks down. Ignored after `close`. */
  tell(order: Exclude<MetadataOrder, { kind: 'close' }>): void {
    if (!this.#closed) this.#post(order);
  }

  /** Ends the thread; questions that are open fail. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    for (const id of [...this.#pending.keys()]) this.#take(id)?.fail(closedError());
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    const timer = setTimeout(() => void worker.terminate(), closeMs);
    worker.ref();
    worker.postMessage({ kind: 'close' } satisfies MetadataMessage);
    await ended;
    clearTimeout(timer);
  }

  #post(message: MetadataMessage): void {
    this.#worker ??= this.#start();
    // An idle thread keeps no process alive.
    if (this.#pending.size > 0) this.#worker.ref();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const { path, startWorker = startMetadataWorker } = this.#options;
    this.#current.fill(0);
    const worker = startWorker({ path, current: this.#current });
    worker.unref();
    worker.on('message', (message: MetadataAnswer | MetadataNote) => {
      if ('note' in message) this.#options.logger.warn(message.fields, message.note);
      else this.#take(message.id)?.settle(message);
      if (this.#pending.size === 0) worker.unref();
    });
    let reason: unknown;
    worker.on('error', (thrown) => {
      reason = thrown;
    });
    worker.once('exit', (code) => {
      if (this.#worker === worker) this.#gone(reason ?? new Error(`exit code ${code}`));
    });
    return worker;
  }

  /** Starts the thread anew with what is still to be answered. */
  #gone(reason: unknown): void {
    const [id = 0, index = 0] = this.#current;
    this.#worker = undefined;
    this.#options.logger.error({ err: reason }, 'The thread that makes metadata ended and is started anew.');
    const culprit = this.#pending.get(id);
    if (culprit !== undefined) culprit.question = withHarmful(culprit.question, index);
    for (const [other, pending] of [...this.#pending]) {
      pending.crashes += 1;
      if (pending.crashes > mostCrashes) {
        const message = 'The thread that makes metadata breaks down again and again.';
        this.#take(other)?.fail(new BrokerError('internal', message, { cause: reason }));
      } else {
        this.#post({ ...pending.question, id: other });
      }
    }
  }

  #overdue(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    // Whatever is being looked into is what takes so long; the thread does not listen meanwhile.
    if (this.#current[0] !== 0) void this.#worker?.terminate();
    if (this.#current[0] === id && pending.crashes === 0) {
      pending.timer.refresh();
      return;
    }
    this.#take(id)?.fail(new BrokerError('internal', 'Making metadata took too long.'));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timer);
    this.#pending.delete(id);
    return pending;
  }
}

function withHarmful(question: MetadataQuestion, index: number): MetadataQuestion {
  if (question.kind === 'studies') return question;
  return { ...question, instances: markHarmful(question.instances, index) };
}

/** Starts the thread from the source file beside this one. */
function startMetadataWorker(workerData: MetadataWorkerData): Worker {
  return new Worker(new URL('./metadata-worker.ts', import.meta.url), {
    name: 'metadata',
    execArgv: [],
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 1536, maxYoungGenerationSizeMb: 16 },
  });
}

function closedError(): BrokerError {
  return new BrokerError('cancelled', 'The gateway is shutting down.');
}
