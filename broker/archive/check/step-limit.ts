import { BrokerError } from '../../domain/errors.ts';

/**
 * Runs `work` with a signal that also fires when the time is up.
 * @param what is being done, for the error: «The archive's answer to C-FIND»
 * @throws BrokerError `archive-timeout` where the time was up, else what `work` throws
 */
export async function withinLimit<T>(
  { limitMs, what, signal }: { limitMs: number; what: string; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
  }, limitMs);
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    if (!limit.signal.aborted || signal.aborted) throw error;
    throw new BrokerError('archive-timeout', `${what} took longer than ${limitMs / 1000} s.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
