import type { Response } from 'express';
import { BrokerError } from '../domain/errors.ts';

/** Fires when the connection of a request closes: whatever is done for it is then done for nobody. */
export function clientSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    gone.abort(new BrokerError('cancelled', 'The client closed the connection.'));
  });
  return gone.signal;
}
