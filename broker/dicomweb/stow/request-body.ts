import type { IncomingMessage } from 'node:http';
import { BrokerError } from '../../domain/errors.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Silence after which the client is given up. */
  readonly idleTimeoutMs: number;
}

/**
 * The bytes of a request's body as they come, no faster than they are read. A long upload goes on as long
 * as bytes come. The request stays open where the caller leaves early: an answer can still be sent.
 * @throws BrokerError `too-large`, `cancelled` where the client breaks off, `client-timeout` where it is silent
 */
export async function* requestBody(
  request: IncomingMessage,
  { maxBytes, idleTimeoutMs }: BodyLimits,
): AsyncGenerator<Buffer, void, undefined> {
  const tooLarge = (): BrokerError =>
    new BrokerError('too-large', `The body is larger than the ${maxBytes} bytes allowed.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, unknown, undefined>;
  let length = 0;
  try {
    for (;;) {
      const next = await within(idleTimeoutMs, chunks.next());
      if (next.done === true) break;
      length += next.value.length;
      if (length > maxBytes) throw tooLarge();
      yield next.value;
    }
  } finally {
    // Not awaited: where the client is silent it waits behind the read that nothing came of.
    void chunks.return?.();
  }
  if (!request.complete) throw new BrokerError('cancelled', 'The client closed the connection.');
}

async function within<T>(timeoutMs: number, step: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new BrokerError('client-timeout', `Nothing of the body came for ${timeoutMs / 1000} s.`, {
          remedy: 'A site with slow clients can raise stow.request_timeout_in_secs.',
        }),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([step, silence]);
  } catch (error) {
    if (error instanceof BrokerError) throw error;
    throw new BrokerError('cancelled', 'The client closed the connection.', { cause: error });
  } finally {
    clearTimeout(timer);
    // Nobody waits any longer for the one that lost.
    step.catch(() => undefined);
  }
}
