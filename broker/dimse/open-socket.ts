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

interface Reason {
  readonly why: string;
  readonly remedy: (endpoint: Endpoint) => string;
}

/** What a failed connection means, by the code of the socket's error. */
const reasons: ReadonlyMap<string, Reason> = new Map([
  [
    'ECONNREFUSED',
    {
      why: 'nothing listens on that port',
      remedy: ({ port }) =>
        `Check that ${port} is the archive's DICOM port, and that the archive runs: the machine itself answers.`,
    },
  ],
  [
    'ENOTFOUND',
    {
      why: 'its host name is not known',
      remedy: ({ host }) => `Check the spelling of ${host}, or give the IP address instead of a name.`,
    },
  ],
  [
    'EAI_AGAIN',
    {
      why: 'its host name cannot be looked up',
      remedy: () => 'Check the network and the name server of this machine, or give the IP address.',
    },
  ],
  ['EHOSTUNREACH', { why: 'there is no route to it', remedy: noRoute }],
  ['ENETUNREACH', { why: 'there is no route to its network', remedy: noRoute }],
  ['ETIMEDOUT', { why: 'no answer', remedy: noAnswer }],
]);

function noRoute({ host }: Endpoint): string {
  return `Check the address ${host}, the network cable or VPN of this machine, and the firewall between.`;
}

function noAnswer({ host, port }: Endpoint): string {
  return `Check the address ${host}, that the machine is switched on, and that the firewall between lets port ${port} through: a firewall that drops packets looks just like this.`;
}

function unreachable(endpoint: Endpoint, error: unknown, timeoutMs: number): BrokerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'timeout';
  const reason = reasons.get(code) ?? {
    why: code === 'timeout' ? `no answer within ${timeoutMs / 1000} s` : code,
    remedy: code === 'timeout' ? noAnswer : noRoute,
  };
  return new BrokerError('archive-unreachable', `No connection to ${describe(endpoint)}: ${reason.why}.`, {
    cause: error,
    remedy: reason.remedy(endpoint),
  });
}
