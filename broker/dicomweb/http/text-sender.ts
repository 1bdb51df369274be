import type { Response } from 'express';
import { drained } from './drained.ts';

/** Text that is collected into one write, as long as more comes in the same turn of the event loop. */
const batchLength = 32 * 1024;

/**
 * Writes text to a response in pieces: at once where nothing follows, in larger batches where the source
 * is fast, and never faster than the client takes it.
 */
export class TextSender {
  readonly #response: Response;
  readonly #signal: AbortSignal;
  #batch = '';
  #flushing: NodeJS.Immediate | undefined;

  constructor(response: Response, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  /** @throws BrokerError `cancelled` where the client is gone or takes nothing more */
  async write(text: string): Promise<void> {
    this.#batch += text;
    if (this.#batch.length >= batchLength) this.#flush();
    else this.#flushing ??= setImmediate(() => this.#flush());
    if (this.#response.writableNeedDrain) await drained(this.#response, this.#signal);
  }

  /** Drops what has not been written yet: the answer will be another one, or none. */
  discard(): void {
    clearImmediate(this.#flushing);
    this.#batch = '';
  }

  /** Writes what is left; the response is not ended. */
  finish(): void {
    this.#flush();
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    if (this.#batch === '' || this.#response.destroyed) return;
    this.#response.write(this.#batch);
    this.#batch = '';
  }
}
