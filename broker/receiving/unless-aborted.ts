import { BrokerError } from '../domain/errors.ts';

/** What a promise settles with, unless the signal fires before. @throws BrokerError `cancelled` on the signal */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(new BrokerError('cancelled', 'The check was cancelled.'));
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
