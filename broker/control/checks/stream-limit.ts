import type { Response } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/** Event streams that may be open at the same time: windows, scripts, a log that is followed. */
const maxStreams = 50;

/** Counts the event streams that are open, and ends them when the listener stops. */
export class StreamLimit {
  readonly #open = new Set<Response>();

  get open(): number {
    return this.#open.size;
  }

  /**
   * Counts the answer as a stream until its connection is gone or it ends.
   * @throws BrokerError `busy` where there are too many
   */
  enter(response: Response): void {
    if (this.#open.has(response)) return;
    if (this.#open.size >= maxStreams) {
      throw new BrokerError('busy', `${maxStreams} event streams are open already.`, {
        remedy: 'Close windows of the interface, or scripts that follow events.',
        retryAfterInSecs: 10,
      });
    }
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
    });
    if (response.closed) this.#open.delete(response);
  }

  /** Breaks all streams off: who listens connects again when there is something to listen to. */
  end(): void {
    for (const response of this.#open) response.destroy();
  }
}
