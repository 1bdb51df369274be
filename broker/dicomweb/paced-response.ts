import type { ServerResponse } from 'node:http';
import { BrokerError } from '../domain/errors.ts';

/** How long a client may take to accept a chunk of an answer before the connection is given up. */
const stalledClientMs = 120_000;

/** Writes an answer as fast as its client takes it, chunk by chunk. */
export class PacedResponse {
  readonly #response: ServerResponse;
  #bytes = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Bytes of the body that were written. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Settles when the chunk has left: its memory may be used again.
   * @throws BrokerError `cancelled` where the client is gone or takes nothing for two minutes
   */
  async write(chunk: Uint8Array): Promise<void> {
    const response = this.#response;
    if (response.destroyed) throw gone();
    this.#bytes += chunk.length;
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null): void => {
        clearTimeout(timer);
        response.off('close', onClose);
        if (error === undefined || error === null) resolve();
        else reject(gone(error));
      };
      const onClose = (): void => {
        settle(new Error('closed'));
      };
      const timer = setTimeout(() => {
        response.destroy();
      }, stalledClientMs);
      response.once('close', onClose);
      response.write(chunk, settle);
    });
  }
}

function gone(cause?: Error): BrokerError {
  return new BrokerError('cancelled', 'The client closed the connection.', { cause });
}
