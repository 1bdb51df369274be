import type { Worker } from 'node:worker_threads';
import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import { BrokerError } from '../domain/errors.ts';
import type { FromReceiver, PlainError } from './protocol.ts';

interface RunningGet {
  /** The thread that it runs in. */
  readonly worker: Worker;
  readonly onProgress: (progress: RetrieveProgress) => void;
  readonly resolve: (end: RetrieveEnd) => void;
  readonly reject: (error: BrokerError) => void;
}

/** What the thread says of a C-GET. */
export type GetMessage = Extract<FromReceiver, { kind: 'get-progress' | 'get-ended' | 'get-failed' }>;

/** The C-GETs that run in receiving threads, by the numbers that they were ordered under. */
export class RunningGets {
  readonly #gets = new Map<number, RunningGet>();

  /** Settles as the C-GET does. */
  async follow(
    id: number,
    worker: Worker,
    onProgress: (progress: RetrieveProgress) => void,
  ): Promise<RetrieveEnd> {
    const { promise, resolve, reject } = Promise.withResolvers<RetrieveEnd>();
    this.#gets.set(id, { worker, onProgress, resolve, reject });
    try {
      return await promise;
    } finally {
      this.#gets.delete(id);
    }
  }

  /** @param instead the error that counts in place of the thread's own, where there is one */
  take(message: GetMessage, instead: BrokerError | undefined): void {
    const get = this.#gets.get(message.id);
    if (message.kind === 'get-progress') get?.onProgress(message.progress);
    else if (message.kind === 'get-ended') get?.resolve(message.end);
    else get?.reject(instead ?? revived(message.error));
  }

  /** The thread has ended, and with it what ran there. */
  endAll(worker: Worker, error: BrokerError): void {
    for (const get of this.#gets.values()) if (get.worker === worker) get.reject(error);
  }
}

function revived(error: PlainError): BrokerError {
  const { code, message, dimseStatus, remedy } = error;
  return new BrokerError(code, message, {
    ...(dimseStatus === undefined ? {} : { dimseStatus }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}
