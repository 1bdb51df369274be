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

/** What may wait unread before the socket is paused; it is resumed once less than half of that is left. */
const mostResponses = 256;
const mostBytes = 4 * 1024 * 1024;

/** The responses to one request: pushed by the association, taken by who asked, bounded by back-pressure. */
export class ResponseQueue {
  readonly #layer: UpperLayer;
  readonly #messageId: number;
  readonly #contextId: number;
  readonly #waiting: Response[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #error: BrokerError | undefined;
  #wake: (() => void) | undefined;
  #patience: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(layer: UpperLayer, request: { contextId: number; messageId: number }) {
    this.#layer = layer;
    this.#contextId = request.contextId;
    this.#messageId = request.messageId;
  }

  /** Takes a response. Those to an earlier, cancelled request are dropped. */
  push(contextId: number, command: CommandSet, identifier: Buffer | undefined): void {
    if (command.messageIdBeingRespondedTo !== this.#messageId) return;
    if (contextId !== this.#contextId) {
      throw new BrokerError(
        'association-aborted',
        `The peer answered in presentation context ${contextId} what it was asked in ${this.#contextId}.`,
      );
    }
    if (command.status === undefined) {
      throw new BrokerError('association-aborted', 'The peer sent a response without a status.');
    }
    const isFinal = statusClass(command.status) !== 'pending';
    if (this.#draining && !isFinal) return;
    this.#waiting.push({ command, status: command.status, identifier, isFinal });
    this.#waitingBytes += identifier?.length ?? 0;
    if (this.#waiting.length >= mostResponses || this.#waitingBytes >= mostBytes) this.#pause();
    this.#wake?.();
  }

  /** The peer is at work on the request although it does not answer: the wait for a response begins anew. */
  touch(): void {
    this.#patience?.refresh();
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
    if (this.#waiting.length === 0 && this.#error === undefined) await this.#wait(timeoutMs, signal);
    if (signal?.aborted) throw cancelled();
    return this.#take();
  }

  /** Drops responses up to the final one. @returns false where it does not come in time */
  async drainToFinal(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    this.#resume();
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

  #take(): Response | undefined {
    const response = this.#waiting.shift();
    if (response === undefined) {
      if (this.#error !== undefined) throw this.#error;
      return undefined;
    }
    this.#waitingBytes -= response.identifier?.length ?? 0;
    if (this.#waiting.length < mostResponses / 2 && this.#waitingBytes < mostBytes / 2) this.#resume();
    return response;
  }

  #pause(): void {
    if (this.#draining || this.#isPaused) return;
    this.#isPaused = true;
    this.#layer.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#layer.resume();
  }

  #wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(this.#patience);
        this.#patience = undefined;
        signal?.removeEventListener('abort', settle);
        this.#wake = undefined;
        resolve();
      };
      this.#patience = setTimeout(settle, timeoutMs);
      signal?.addEventListener('abort', settle, { once: true });
      this.#wake = settle;
    });
  }
}

function cancelled(): BrokerError {
  return new BrokerError('cancelled', 'The request was cancelled.');
}
