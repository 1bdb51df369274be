import { BrokerError } from '../domain/errors.ts';
import { statusClass } from '../domain/dimse-status.ts';
import type { CommandSet } from './command-set.ts';
import type { UpperLayer } from './upper-layer.ts';

/** One response to a request. */
export interface Response {
  readonly command: CommandSet;
  readonly status: number;
  readonly identifier: Buffer | undefined;
  /** False for pending responses: more will follow. */
  readonly isFinal: boolean;
}

/** Responses that wait unread before the socket is paused, and at which it is resumed. */
const highWater = 256;
const lowWater = 64;

/** The responses to one request: pushed by the association, taken by who asked, bounded by back-pressure. */
export class ResponseQueue {
  readonly #layer: UpperLayer;
  readonly #messageId: number;
  #waiting: Response[] = [];
  #head = 0;
  #error: BrokerError | undefined;
  #wake: (() => void) | undefined;
  #draining = false;

  constructor(layer: UpperLayer, messageId: number) {
    this.#layer = layer;
    this.#messageId = messageId;
  }

  /** Takes a response. Those to an earlier, cancelled request are dropped. */
  push(command: CommandSet, identifier: Buffer | undefined): void {
    if (command.messageIdBeingRespondedTo !== this.#messageId) return;
    if (command.status === undefined) {
      throw new BrokerError('association-aborted', 'The peer sent a response without a status.');
    }
    const isFinal = statusClass(command.status) !== 'pending';
    if (this.#draining && !isFinal) return;
    this.#waiting.push({ command, status: command.status, identifier, isFinal });
    if (this.#length >= highWater) this.#layer.pause();
    this.#wake?.();
  }

  /** Ends the queue: what has come can still be read, then the error is thrown. */
  fail(error: BrokerError): void {
    this.#error ??= error;
    this.#wake?.();
  }

  /**
   * The next response, or undefined where none comes within `timeoutMs`.
   * @throws BrokerError the reason where the association broke, `cancelled` on the signal
   */
  async next(timeoutMs: number, signal?: AbortSignal): Promise<Response | undefined> {
    if (signal?.aborted) throw cancelled();
    if (this.#length === 0 && this.#error === undefined) await this.#wait(timeoutMs, signal);
    if (signal?.aborted) throw cancelled();
    return this.#take();
  }

  /** Drops responses up to the final one. @returns false where it does not come in time */
  async drainToFinal(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    this.#layer.resume();
    const deadline = performance.now() + timeoutMs;
    try {
      for (;;) {
        const response = await this.next(Math.max(1, deadline - performance.now()));
        if (response === undefined) return false;
        if (response.isFinal) return true;
      }
    } catch {
      return false;
    }
  }

  get #length(): number {
    return this.#waiting.length - this.#head;
  }

  #take(): Response | undefined {
    const response = this.#waiting[this.#head];
    if (response === undefined) {
      if (this.#error !== undefined) throw this.#error;
      return undefined;
    }
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
    if (this.#length === lowWater) this.#layer.resume();
    return response;
  }

  #wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', settle);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      signal?.addEventListener('abort', settle, { once: true });
      this.#wake = settle;
    });
  }
}

function cancelled(): BrokerError {
  return new BrokerError('cancelled', 'The request was cancelled.');
}
