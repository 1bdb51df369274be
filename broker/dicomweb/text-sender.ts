import type { Response } from 'express';
import { BrokerError } from '../domain/errors.ts';

/** Text that is collected into one write, as long as more comes in the same turn of the event loop. */
const batchLength = 32 * 1024;
/** How long a client may take nothing of what it asked for. */
const drainTimeoutMs = 60_000;

/** Where it is compressed on its way, a response can be told to send on what it holds back. */
type Flushable = Omit<Response, 'flush'> & { flush?: () => void };

/**
 * Writes text to a response in pieces: at once where nothing follows, in larger batches where the source
 * is fast, and never faster than the client takes it.
 */
export class TextSender {
  readonly #response: Flushable;
  readonly #signal: AbortSignal;
  #batch = '';
  #flushing: NodeJS.Immediate | undefined;
  #isFull = false;
  #drained: (() => void) | undefined;
  #isListening = false;

  constructor(response: Response, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  /** @throws BrokerError `cancelled` where the client is gone or takes nothing more */
  async write(text: string): Promise<void> {
    this.#batch += text;
    if (this.#batch.length >= batchLength) this.#send();
    // Nothing may be held back, by us or by the compression, while the source is waited for.
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#send();
      if (!this.#response.destroyed) this.#response.flush?.();
    });
    if (this.#isFull) await this.#untilDrained();
  }

  /** Drops what has not been written yet: the answer will be another one, or none. */
  discard(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    this.#batch = '';
  }

  /** Writes what is left; the response is not ended. */
  finish(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    this.#send();
  }

  #send(): void {
    if (this.#batch === '' || this.#response.destroyed) return;
    this.#isFull = !this.#response.write(this.#batch);
    this.#batch = '';
    // One listener for good: where the answer is compressed it cannot be taken away again.
    if (!this.#isFull || this.#isListening) return;
    this.#isListening = true;
    this.#response.on('drain', () => {
      this.#isFull = false;
      this.#drained?.();
    });
  }

  #untilDrained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: BrokerError): void => {
        clearTimeout(timer);
        this.#drained = undefined;
        this.#signal.removeEventListener('abort', left);
        if (error === undefined) resolve();
        else reject(error);
      };
      const left = (): void => settle(new BrokerError('cancelled', 'The client is gone.'));
      const timer = setTimeout(() => {
        settle(new BrokerError('cancelled', `The client took nothing for ${drainTimeoutMs / 1000} s.`));
      }, drainTimeoutMs);
      this.#drained = () => settle();
      this.#signal.addEventListener('abort', left, { once: true });
      if (this.#signal.aborted) left();
    });
  }
}
