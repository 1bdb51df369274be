import { connect, type Socket } from 'node:net';
import { BrokerError } from '../domain/errors.ts';
import { type Endpoint, describe } from './rejection.ts';
import { settledWithin } from './settled-within.ts';

/**
 * A connected socket without delay.
 * @throws BrokerError `archive-unreachable` with the reason in plain words, `cancelled`
 */
export async function openSocket(
  endpoint: Endpoint,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
  try {
    await settledWithin(timeoutMs, signal, (resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.removeAllListeners('error');
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    if (error instanceof BrokerError && error.code === 'cancelled') throw error;
    throw unreachable(endpoint, error, timeoutMs);
  }
}

function unreachable(endpoint: Endpoint, error: unknown, timeoutMs: number): BrokerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'timeout';
  const why: Record<string, string> = {
    ECONNREFUSED: 'nothing listens on that port',
    ENOTFOUND: 'its host name is not known',
    EAI_AGAIN: 'its host name cannot be looked up',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no route to its network',
    ETIMEDOUT: 'no answer',
    timeout: `no answer within ${timeoutMs / 1000} s`,
  };
  return new BrokerError(
    'archive-unreachable',
    `No connection to ${describe(endpoint)}: ${why[code] ?? code}.`,
    {
      cause: error,
      remedy: 'Check host and port in the settings, that the archive runs, and the firewall between.',
    },
  );
}
