import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { BrokerError } from '../../domain/errors.ts';
import type { ImagingJob, ImagingKind, ImagingResult } from './imaging-protocol.ts';
import { ImagingThread } from './imaging-thread.ts';

export interface ImagingPoolOptions {
  /** Threads at most; without it, one for each core, two at least and four at most. */
  readonly threads?: number;
  /** Jobs that may wait for a thread (512). */
  readonly queueLimit?: number;
  /** Time that a job may take where it does not say (30 s). */
  readonly timeoutMs?: number;
  /** Time after which an idle thread ends (60 s). */
  readonly idleMs?: number;
  readonly startWorker?: () => Worker;
}

export interface RunOptions {
  /** Drops the job; one that is under way and does not end soon takes its thread with it. */
  readonly signal: AbortSignal;
  /** From when it begins, not from when it is queued. */
  readonly timeoutMs?: number;
}

interface Queued {
  readonly start: (thread: ImagingThread) => Promise<unknown>;
  readonly fail: (error: BrokerError) => void;
}

const retryAfterInSecs = 1;

/**
 * Does what is costly with pixels in worker threads: a damaged or hostile image costs its own job time,
 * memory or a thread, and no other job. Threads start when they are needed.
 */
export class ImagingPool {
  readonly #options: Required<Omit<ImagingPoolOptions, 'startWorker'>> &
    Pick<ImagingPoolOptions, 'startWorker'>;
  readonly #queue = new Set<Queued>();
  /** Idle threads, each with the timer that ends it; the one that was used last stands last. */
  readonly #idle = new Map<ImagingThread, NodeJS.Timeout>();
  readonly #threads = new Set<ImagingThread>();
  #closed = false;

  constructor(options: ImagingPoolOptions = {}) {
    const threads = Math.min(4, Math.max(2, availableParallelism()));
    this.#options = { threads, queueLimit: 512, timeoutMs: 30_000, idleMs: 60_000, ...options };
  }

  /** Jobs that wait for a thread. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Threads that there are. */
  get threads(): number {
    return this.#threads.size;
  }

  /**
   * Does a job, as soon as a thread is free. Large buffers of the job are transferred: the caller may not use
   * them any more.
   * @throws BrokerError of the job; `busy` where too many wait, `too-large` where it takes too long or too
   *   much memory, `cancelled` where the signal aborted or the pool closed, `internal` where a thread crashed
   */
  async run<Kind extends ImagingKind>(
    job: ImagingJob<Kind>,
    { signal, timeoutMs = this.#options.timeoutMs }: RunOptions,
  ): Promise<ImagingResult<Kind>> {
    if (this.#closed || signal.aborted) throw cancelled();
    if (this.#queue.size >= this.#options.queueLimit) throw busy();
    const { promise, resolve, reject } = Promise.withResolvers<ImagingResult<Kind>>();
    const queued: Queued = {
      start: (thread) => {
        const done = thread.run({ job, signal, timeoutMs });
        done.then(resolve, reject);
        return thread.whenFree;
      },
      fail: reject,
    };
    const drop = (): void => {
      if (this.#queue.delete(queued)) reject(cancelled());
    };
    signal.addEventListener('abort', drop, { once: true });
    this.#queue.add(queued);
    this.#startQueued();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  /** Ends all threads; jobs that wait or are under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const queued = [...this.#queue];
    this.#queue.clear();
    for (const { fail } of queued) fail(cancelled());
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #startQueued(): void {
    for (const queued of this.#queue) {
      const thread = this.#takeThread();
      if (thread === undefined) return;
      this.#queue.delete(queued);
      void queued.start(thread).then(() => {
        this.#giveBack(thread);
      });
    }
  }

  #takeThread(): ImagingThread | undefined {
    for (const [thread, timer] of [...this.#idle].reverse()) {
      clearTimeout(timer);
      this.#idle.delete(thread);
      if (thread.isAlive) return thread;
      this.#threads.delete(thread);
    }
    if (this.#threads.size >= this.#options.threads) return undefined;
    const thread = new ImagingThread(this.#options.startWorker);
    this.#threads.add(thread);
    return thread;
  }

  #giveBack(thread: ImagingThread): void {
    if (this.#closed) return;
    if (thread.isAlive) {
      const timer = setTimeout(() => {
        this.#idle.delete(thread);
        this.#threads.delete(thread);
        void thread.close();
      }, this.#options.idleMs);
      timer.unref();
      this.#idle.set(thread, timer);
    } else this.#threads.delete(thread);
    this.#startQueued();
  }
}

function busy(): BrokerError {
  return new BrokerError('busy', 'Too many images wait to be processed.', { retryAfterInSecs });
}

function cancelled(): BrokerError {
  return new BrokerError('cancelled', 'The image is not wanted any more, or the gateway is shutting down.');
}
