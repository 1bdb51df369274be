import type { ServerResponse } from 'node:http';
import { BrokerError } from '../../domain/errors.ts';

/**
 * How long a client may take nothing at all of an answer before the connection is given up. Less than
 * others wait for a buffer, since a stalled client holds one.
 */
const stalledClientMs = 45_000;

/** Writes an answer as fast as its client takes it, chunk by chunk. */
export class PacedResponse {
  readonly #response: ServerResponse;
  /** Ends the wait for the chunk that is being written. */
  #settle: ((error?: Error | null) => void) | undefined;
  #bytes = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    // The socket's own timer starts again with every byte that leaves, also within a chunk.
    response.setTimeout(stalledClientMs, () => {
      if (this.#settle !== undefined) response.destroy();
    });
    response.once('close', () => {
      this.#settle?.(new Error('closed'));
    });
  }

  /** Bytes of the body that were written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ends the answer with a last chunk that is small enough to wait in memory; its head goes along with it. */
  end(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#response.end(chunk);
  }

  /**
   * Settles when the chunk has left: its memory may be used again. One chunk at a time.
   * @throws BrokerError `cancelled` where the client is gone or takes nothing of it for long
   */
  write(chunk: Uint8Array): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return Promise.reject(gone());
    this.#bytes += chunk.length;
    return new Promise<void>((resolve, reject) => {
      this.#settle = (error) => {
        this.#settle = undefined;
        if (error === undefined || error === null) resolve();
        else reject(gone(error));
      };
      response.write(chunk, this.#settle);
    });
  }
}

function gone(cause?: Error): BrokerError {
  return new BrokerError('cancelled', 'The client closed the connection.', { cause });
}
