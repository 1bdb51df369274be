import type { Response } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/** How long a client may take nothing of what it asked for. */
const drainTimeoutMs = 60_000;

/**
 * Settles when a response that has said that it is full takes more.
 * @throws BrokerError `cancelled` where the client is gone or takes nothing more
 */
export function drained(response: Response, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: BrokerError): void => {
      clearTimeout(timer);
      response.off('drain', done);
      signal.removeEventListener('abort', left);
      if (error === undefined) resolve();
      else reject(error);
    };
    const done = (): void => settle();
    const left = (): void => settle(new BrokerError('cancelled', 'The client is gone.'));
    const timer = setTimeout(() => {
      settle(new BrokerError('cancelled', `The client took nothing for ${drainTimeoutMs / 1000} s.`));
    }, drainTimeoutMs);
    response.on('drain', done);
    signal.addEventListener('abort', left, { once: true });
    if (signal.aborted) left();
  });
}
