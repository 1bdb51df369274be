import { BrokerError } from '../domain/errors.ts';

/**
 * Runs `start` with a time limit and a signal; a callback that comes later is ignored.
 * @throws BrokerError `cancelled` where the signal fires, a plain Error where the time is up
 */
export function settledWithin<T = void>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(new BrokerError('cancelled', 'The request was cancelled.'));
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      settle(() => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
      });
    }, timeoutMs);
    const cancel = (): void => {
      settle(() => {
        reject(new BrokerError('cancelled', 'The request was cancelled.'));
      });
    };
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      how();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const fail = (error: unknown): void => {
      settle(() => {
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    try {
      start((value) => {
        settle(() => {
          resolve(value);
        });
      }, fail);
    } catch (error) {
      fail(error);
    }
  });
}
