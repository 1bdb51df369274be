import { Worker } from 'node:worker_threads';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import type { ScpAssociationEvent } from '../dimse/store-scp.ts';
import { BrokerError } from '../domain/errors.ts';
import type {
  Expectation,
  FromReceiver,
  GetOrder,
  PlainError,
  ReceivingInstance,
  ReceivingOptions,
  RefusedInstance,
  ToReceiver,
} from './protocol.ts';
import { StudyTurns } from './study-turns.ts';

export interface ReceiverEvents {
  stored(instance: StoredInstance): void;
  receiving(receiving: ReceivingInstance): void;
  refused(refused: RefusedInstance): void;
  association(event: ScpAssociationEvent): void;
  listening(): void;
  /** The thread ended by itself; it is started again. */
  crashed(error: Error): void;
}

export interface Listening {
  readonly address: string;
  readonly port: number;
  /** `on`, or why segments are not acknowledged at once. */
  readonly quickAck: string;
}

interface Confirmation {
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
}

interface RunningGet {
  readonly onProgress: (progress: RetrieveProgress) => void;
  readonly resolve: (end: RetrieveEnd) => void;
  readonly reject: (error: BrokerError) => void;
}

/** How long the thread may take to answer: it may be in the middle of a write to a slow disk. */
const answerTimeoutMs = 30_000;
/** How long the thread may take to stop before it is ended. */
const stopTimeoutMs = 10_000;
const restartDelayMs = 1_000;
/**
 * What the thread reads from its sockets lies outside of the JavaScript heap and is freed with it: a
 * small young generation is cleared often, and keeps memory low while gigabytes arrive.
 */
const maxYoungGenerationSizeMb = 3;

/** The main thread's side of the receiving thread. */
export class Receiver {
  readonly #options: ReceivingOptions;
  readonly #events: ReceiverEvents;
  readonly #expectations = new Map<number, Expectation>();
  readonly #turns = new StudyTurns();
  /** What waits for the thread to know an expectation. */
  readonly #confirmations = new Map<number, Confirmation>();
  readonly #gets = new Map<number, RunningGet>();
  #worker: Worker | undefined;
  #nextId = 1;
  #stopping = false;
  #hasListened = false;
  /** The one that it listens on, again after a restart. */
  #port: number;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: ReceivingOptions, events: ReceiverEvents) {
    this.#options = options;
    this.#port = options.port;
    this.#events = events;
  }

  /** @throws BrokerError `configuration` where the SCP cannot listen */
  start(): Promise<Listening> {
    return new Promise((resolve, reject) => {
      const workerData: ReceivingOptions = { ...this.#options, port: this.#port };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData,
        resourceLimits: { maxYoungGenerationSizeMb },
      });
      this.#worker = worker;
      worker.on('message', (message: FromReceiver) => {
        if (message.kind === 'listening') {
          this.#hasListened = true;
          this.#port = message.port;
          this.#events.listening();
          resolve(message);
        } else if (message.kind === 'failed') reject(this.#cannotListen(message.error));
        else this.#take(message);
      });
      worker.on('error', (error: unknown) => {
        const cause = error instanceof Error ? error : new Error(String(error));
        reject(cause);
        if (this.#hasListened) this.#events.crashed(cause);
      });
      worker.on('exit', () => {
        reject(new Error('The receiving thread ended before it listened.'));
        this.#ended(worker);
      });
      for (const [id, expectation] of this.#expectations) this.#tell({ kind: 'expect', id, expectation });
    });
  }

  /**
   * Lets instances of a study in. Settles when the thread knows it, so that no instance can be faster, and
   * when no other archive of the same AE title is being asked for the study.
   * Disposing of the result ends it.
   * @throws BrokerError `internal` where the thread breaks down or does not answer, `cancelled` while stopping
   */
  async expect(expectation: Expectation): Promise<Disposable> {
    using stack = new DisposableStack();
    stack.use(await this.#turns.take(expectation));
    if (this.#stopping) throw shuttingDown();
    const id = this.#nextId++;
    stack.defer(() => {
      this.#unexpect(id);
    });
    this.#expectations.set(id, expectation);
    await this.#confirmed(id, expectation);
    return stack.move();
  }

  /** While the thread is being restarted its start tells it, and it confirms then. */
  async #confirmed(id: number, expectation: Expectation): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#confirmations.set(id, { resolve, reject });
        timer = setTimeout(() => {
          const seconds = answerTimeoutMs / 1000;
          reject(new BrokerError('internal', `The receiving thread did not answer within ${seconds} s.`));
        }, answerTimeoutMs);
        this.#tell({ kind: 'expect', id, expectation });
      });
    } finally {
      clearTimeout(timer);
      this.#confirmations.delete(id);
    }
  }

  #unexpect(id: number): void {
    if (this.#expectations.delete(id)) this.#tell({ kind: 'unexpect', id });
  }

  /**
   * Runs a C-GET in the receiving thread.
   * @throws BrokerError as getScu does; `internal` where the thread broke down
   */
  get(
    order: GetOrder,
    onProgress: (progress: RetrieveProgress) => void,
    signal?: AbortSignal,
  ): Promise<RetrieveEnd> {
    const id = this.#nextId++;
    const cancel = (): void => {
      this.#tell({ kind: 'cancel-get', id });
    };
    return new Promise<RetrieveEnd>((resolve, reject) => {
      this.#gets.set(id, { onProgress, resolve, reject });
      if (this.#worker === undefined) {
        reject(this.#stopping ? shuttingDown() : brokeDown());
        return;
      }
      this.#tell({ kind: 'get', id, order });
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted) cancel();
    }).finally(() => {
      this.#gets.delete(id);
      signal?.removeEventListener('abort', cancel);
    });
  }

  /** Stops listening and ends the thread, in bounded time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) {
      this.#failAll(shuttingDown());
      return;
    }
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    const timer = setTimeout(() => void worker.terminate(), stopTimeoutMs);
    try {
      this.#tell({ kind: 'stop' });
      await exited;
    } finally {
      clearTimeout(timer);
    }
  }

  #tell(message: ToReceiver): void {
    this.#worker?.postMessage(message);
  }

  #take(message: Exclude<FromReceiver, { kind: 'listening' | 'failed' }>): void {
    switch (message.kind) {
      case 'stored':
        this.#events.stored(message.instance);
        return;
      case 'receiving':
        this.#events.receiving(message.receiving);
        return;
      case 'refused':
        this.#events.refused(message.refused);
        return;
      case 'association':
        this.#events.association(message.event);
        return;
      case 'expecting':
        this.#confirmations.get(message.id)?.resolve();
        return;
      case 'get-progress':
        this.#gets.get(message.id)?.onProgress(message.progress);
        return;
      case 'get-ended':
        this.#gets.get(message.id)?.resolve(message.end);
        return;
      case 'get-failed':
        this.#gets.get(message.id)?.reject(revived(message.error));
        return;
      case 'stopped':
    }
  }

  /** A thread that ended without being asked is started again; what ran in it has failed. */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#failAll(this.#stopping ? shuttingDown() : brokeDown());
    if (this.#stopping || !this.#hasListened) return;
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        // What the thread broke down with has been told; that it cannot listen has not.
        if (error instanceof BrokerError) this.#events.crashed(error);
      });
    }, restartDelayMs);
  }

  #failAll(error: BrokerError): void {
    for (const { reject } of this.#confirmations.values()) reject(error);
    for (const { reject } of this.#gets.values()) reject(error);
  }

  #cannotListen(error: PlainError): BrokerError {
    const { host, port } = this.#options;
    return new BrokerError(
      'configuration',
      `The storage SCP cannot listen on ${host}:${port} (scp.local_host, scp.local_port): ${error.message}.`,
    );
  }
}

function brokeDown(): BrokerError {
  return new BrokerError('internal', 'The receiving thread broke down; it is being started again.', {
    retryAfterInSecs: 5,
  });
}

function shuttingDown(): BrokerError {
  return new BrokerError('cancelled', 'The gateway is shutting down.');
}

function revived(error: PlainError): BrokerError {
  const { code, message, dimseStatus, remedy } = error;
  return new BrokerError(code, message, {
    ...(dimseStatus === undefined ? {} : { dimseStatus }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}
