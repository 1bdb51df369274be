import type { Response } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/** Fires when the connection of a request closes before its answer has left: what is done for it is done for nobody. */
export function clientSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    // Who has got everything waits for nothing, and an error costs more than all else here.
    if (response.writableFinished) return;
    gone.abort(new BrokerError('cancelled', 'The client closed the connection.'));
  });
  return gone.signal;
}
