import { Worker } from 'node:worker_threads';
import { BrokerError } from '../../domain/errors.ts';
import { NativeCodecs } from '../codec/native-codecs.ts';
import { holdPictureLibrary } from '../rendering/hold-picture-library.ts';
import {
  type CodecsMessage,
  type ImagingAnswer,
  type ImagingJob,
  type ImagingKind,
  type ImagingResult,
  transferList,
} from './imaging-protocol.ts';

export interface ThreadJob<Kind extends ImagingKind> {
  readonly job: ImagingJob<Kind>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

interface Running {
  readonly settle: (answer: ImagingAnswer) => void;
  readonly fail: (error: BrokerError) => void;
}

/** What JavaScript in a worker may take; the buffers of images lie outside of it. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** A job that nobody waits for any more gets this long to end, before its thread has to. */
const graceMs = 500;

/** One worker thread, which does one job at a time. It is lost with a job that crashes or takes too long. */
export class ImagingThread {
  readonly #worker: Worker;
  #running: Running | undefined;
  #isAlive = true;
  /** Settles when the job that is under way, wanted or not, has left the thread. */
  #free: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(startWorker: () => Worker = startImagingWorker) {
    this.#worker = startWorker();
    // An idle thread keeps no process alive.
    this.#worker.unref();
    this.#worker.on('message', (answer: ImagingAnswer) => {
      this.#running?.settle(answer);
    });
    this.#worker.on('error', (thrown) => {
      this.#end(crashError(thrown));
    });
    this.#worker.on('exit', (code) => {
      this.#end(crashError(new Error(`exit code ${code}`)));
    });
  }

  /** False once it has ended, or is about to. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Settles when the last job has left the thread: another may begin, or the thread is gone. */
  get whenFree(): Promise<void> {
    return this.#free.promise;
  }

  /**
   * Does one job; the one before has left the thread.
   * @throws BrokerError of the job; `too-large` where it takes too long or too much memory, `internal`
   *   where the thread crashed, `cancelled` where the signal aborted
   */
  run<Kind extends ImagingKind>({ job, signal, timeoutMs }: ThreadJob<Kind>): Promise<ImagingResult<Kind>> {
    this.#free = Promise.withResolvers();
    const { promise, resolve, reject } = Promise.withResolvers<ImagingResult<Kind>>();
    this.#worker.ref();
    const timer = setTimeout(() => {
      this.#end(timeoutError(timeoutMs));
    }, timeoutMs);
    let grace: NodeJS.Timeout | undefined;
    const abort = (): void => {
      reject(cancelledError());
      grace = setTimeout(() => {
        this.#end(cancelledError());
      }, graceMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    const leave = (): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener('abort', abort);
      this.#running = undefined;
      this.#worker.unref();
      this.#free.resolve();
    };
    this.#running = {
      settle: (answer) => {
        leave();
        if ('result' in answer) resolve(answer.result);
        else reject(new BrokerError(answer.failure.code, answer.failure.message));
      },
      fail: (error) => {
        leave();
        reject(error);
      },
    };
    try {
      this.#worker.postMessage(job, transferList(job));
    } catch (cause) {
      this.#running.fail(new BrokerError('internal', 'A job could not be handed to a worker.', { cause }));
    }
    return promise;
  }

  /** Ends the thread; a job that is under way fails. */
  async close(): Promise<void> {
    this.#isAlive = false;
    this.#running?.fail(cancelledError());
    await this.#worker.terminate();
  }

  #end(error: BrokerError): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#running?.fail(error);
    void this.#worker.terminate();
  }
}

/** Starts the thread from the source file beside this one. */
function startImagingWorker(): Worker {
  holdPictureLibrary();
  const worker = new Worker(new URL('./imaging-worker.ts', import.meta.url), {
    name: 'imaging',
    execArgv: [],
    resourceLimits,
  });
  const tell = (codecs: WebAssembly.Module | undefined): void => {
    const message: CodecsMessage = { codecs };
    worker.postMessage(message);
  };
  NativeCodecs.compiled().then(tell, () => {
    tell(undefined);
  });
  return worker;
}

function cancelledError(): BrokerError {
  return new BrokerError('cancelled', 'The image is not wanted any more, or the gateway is shutting down.');
}

function timeoutError(timeoutMs: number): BrokerError {
  return new BrokerError(
    'too-large',
    `The image could not be processed within ${timeoutMs / 1000} s: it is too large, or damaged.`,
  );
}

function crashError(cause: unknown): BrokerError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new BrokerError('too-large', 'The image takes more memory than one may have.', { cause });
  }
  return new BrokerError('internal', 'The thread that processes images ended unexpectedly.', { cause });
}
