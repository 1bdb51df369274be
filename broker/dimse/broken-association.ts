import { BrokerError } from '../domain/errors.ts';
import { AbortSource } from './pdu.ts';

const anonymous = 'The peer';

/**
 * What reads bytes speaks of "The peer" at the beginning of its error texts; this puts the name of the
 * peer there.
 * @param peer such as: MAIN-PACS at 10.1.2.3:104
 */
export function namingPeer(error: BrokerError, peer: string): BrokerError {
  if (!error.message.startsWith(anonymous)) return error;
  return new BrokerError(error.code, peer + error.message.slice(anonymous.length), { cause: error });
}

/** The connection ended without a release; `cause` is the socket's error where there was one. */
export function lostConnection(peer: string, cause?: Error): BrokerError {
  const why =
    cause === undefined
      ? `${peer} closed the connection.`
      : `The connection with ${peer} broke: ${cause.message}.`;
  return new BrokerError('association-aborted', why, { cause });
}

/** The peer sent A-ABORT (PS3.8 section 9.3.8). @param body its variable part */
export function abortedByPeer(body: Buffer): BrokerError {
  const by = body[2] === AbortSource.provider ? 'its DICOM service provider' : 'its application';
  return new BrokerError(
    'association-aborted',
    `The peer aborted the association (${by}, reason ${body[3] ?? 0}).`,
  );
}

/** The peer was silent where it should not be. @param what it did or did not, such as: took no more data */
export function silentPeer(what: string, forMs: number): BrokerError {
  return new BrokerError('archive-timeout', `The peer ${what} for ${forMs / 1000} s.`);
}

export function unexpectedRelease(): BrokerError {
  return new BrokerError('association-aborted', 'The peer sent an A-RELEASE-RP that nothing asked for.');
}
