import { Worker } from 'node:worker_threads';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import type { ScpAssociationEvent } from '../dimse/store-scp.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import { endThread } from './end-thread.ts';
import type {
  Expectation,
  FromReceiver,
  GetOrder,
  ReceivingInstance,
  ReceivingOptions,
  RefusedInstance,
  ToReceiver,
} from './protocol.ts';
import { brokeDown, cannotListen, replaced, shuttingDown } from './receiver-errors.ts';
import { RunningGets } from './running-gets.ts';
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

/** How long the thread may take to answer: it may be in the middle of a write to a slow disk. */
const answerTimeoutMs = 30_000;
const restartDelayMs = 1_000;
/**
 * What the thread reads from its sockets lies outside of the JavaScript heap and is freed with it: a
 * small young generation is cleared often, and keeps memory low while gigabytes arrive.
 */
const maxYoungGenerationSizeMb = 3;

/** The main thread's side of the receiving thread. */
export class Receiver {
  #options: ReceivingOptions;
  readonly #events: ReceiverEvents;
  readonly #expectations = new Map<number, Expectation>();
  readonly #turns = new StudyTurns();
  /** What waits for the thread to know an expectation. */
  readonly #confirmations = new Map<number, Confirmation>();
  readonly #gets = new RunningGets();
  /** Associations that are open with each thread that runs: two while one takes over from the other. */
  readonly #open = new Map<Worker, number>();
  #worker: Worker | undefined;
  #nextId = 1;
  #bytesReceived = 0;
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

  /** Bytes of data sets that archives have sent since the start. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Associations that archives have open with the storage SCP. */
  get openAssociations(): number {
    return [...this.#open.values()].reduce((sum, open) => sum + open, 0);
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
      this.#open.set(worker, 0);
      worker.on('message', (message: FromReceiver) => {
        if (message.kind === 'listening') {
          this.#hasListened = true;
          this.#port = message.port;
          this.#events.listening();
          resolve(message);
        } else if (message.kind === 'failed') reject(cannotListen(this.#options, message.error));
        else this.#take(message, worker);
      });
      worker.on('error', (error: unknown) => {
        const cause = error instanceof Error ? error : new Error(String(error));
        reject(cause);
        if (this.#hasListened && worker === this.#worker) this.#events.crashed(cause);
      });
      worker.on('exit', () => {
        reject(new Error('The receiving thread ended before it listened.'));
        this.#ended(worker);
      });
      for (const [id, expectation] of this.#expectations) worker.postMessage(expect(id, expectation));
    });
  }

  /**
   * Goes on with other options, and with what it expects: in a new thread, which takes over once it listens.
   * Only where both would need the same port, or would file under different directories, the old one ends first.
   * @throws BrokerError `configuration` where it cannot listen; it goes on as before then
   */
  async restart(options: ReceivingOptions): Promise<Listening> {
    clearTimeout(this.#restart);
    const before = { options: this.#options, port: this.#port };
    const old = this.#worker;
    const isBeside = options.port !== before.port && options.cacheDirectory === before.options.cacheDirectory;
    if (!isBeside) await this.#retire(old);
    this.#options = options;
    this.#port = options.port;
    try {
      const listening = await this.start();
      if (isBeside) await this.#retire(old);
      return listening;
    } catch (error) {
      clearTimeout(this.#restart);
      this.#options = before.options;
      this.#port = before.port;
      if (isBeside && old !== undefined && this.#open.has(old)) {
        this.#worker = old;
      } else {
        await this.start().catch((thrown: unknown) => {
          this.#events.crashed(toBrokerError(thrown));
        });
      }
      throw error;
    }
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
        this.#tell(expect(id, expectation));
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
   * @throws BrokerError as getScu does; `internal` where the thread broke down, `association-aborted` where
   *   it was restarted
   */
  async get(
    order: GetOrder,
    onProgress: (progress: RetrieveProgress) => void,
    signal?: AbortSignal,
  ): Promise<RetrieveEnd> {
    const worker = this.#worker;
    if (worker === undefined) throw this.#stopping ? shuttingDown() : brokeDown();
    const id = this.#nextId++;
    const cancel = (): void => {
      worker.postMessage({ kind: 'cancel-get', id } satisfies ToReceiver);
    };
    const end = this.#gets.follow(id, worker, onProgress);
    worker.postMessage({ kind: 'get', id, order } satisfies ToReceiver);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      return await end;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Stops listening and ends the thread, in bounded time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#worker === undefined) this.#failConfirmations(shuttingDown());
    await Promise.all([...this.#open.keys()].map((worker) => endThread(worker)));
  }

  /** Ends a thread whose place another one takes. */
  async #retire(worker: Worker | undefined): Promise<void> {
    if (worker === undefined || !this.#open.has(worker)) return;
    if (this.#worker === worker) this.#worker = undefined;
    await endThread(worker);
  }

  #tell(message: ToReceiver): void {
    for (const worker of this.#open.keys()) worker.postMessage(message);
  }

  #take(message: Exclude<FromReceiver, { kind: 'listening' | 'failed' }>, worker: Worker): void {
    switch (message.kind) {
      case 'received':
        this.#bytesReceived += message.bytes;
        return;
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
        this.#open.set(worker, message.event.open);
        this.#events.association(message.event);
        return;
      case 'expecting':
        this.#confirmations.get(message.id)?.resolve();
        return;
      case 'get-progress':
      case 'get-ended':
      case 'get-failed':
        // What a thread gives up when another takes its place is worth asking for again.
        this.#gets.take(message, this.#stopping || worker === this.#worker ? undefined : replaced());
        return;
      case 'stopped':
    }
  }

  /** A thread that ended without being asked is started again; what ran in it has failed. */
  #ended(worker: Worker): void {
    this.#open.delete(worker);
    const wasInUse = this.#worker === worker;
    const error = this.#stopping ? shuttingDown() : wasInUse ? brokeDown() : replaced();
    this.#gets.endAll(worker, error);
    if (!wasInUse) return;
    this.#worker = undefined;
    this.#failConfirmations(error);
    if (this.#stopping || !this.#hasListened) return;
    this.#restart = setTimeout(() => {
      this.start().catch((thrown: unknown) => {
        // What the thread broke down with has been told; that it cannot listen has not.
        if (thrown instanceof BrokerError) this.#events.crashed(thrown);
      });
    }, restartDelayMs);
  }

  #failConfirmations(error: BrokerError): void {
    for (const { reject } of this.#confirmations.values()) reject(error);
  }
}

function expect(id: number, expectation: Expectation): ToReceiver {
  return { kind: 'expect', id, expectation };
}
