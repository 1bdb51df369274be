import { BrokerError } from '../domain/errors.ts';
import type { PlainError, ReceivingOptions } from './protocol.ts';

export function brokeDown(): BrokerError {
  return new BrokerError('internal', 'The receiving thread broke down; it is being started again.', {
    retryAfterInSecs: 5,
  });
}

export function shuttingDown(): BrokerError {
  return new BrokerError('cancelled', 'The gateway is shutting down.');
}

/** What ran in a thread whose place another one took. */
export function replaced(): BrokerError {
  return new BrokerError('association-aborted', 'The storage SCP was restarted with other settings.');
}

export function cannotListen({ host, port }: ReceivingOptions, error: PlainError): BrokerError {
  return new BrokerError(
    'configuration',
    `The storage SCP cannot listen on ${host}:${port} (scp.local_host, scp.local_port): ${error.message}.`,
  );
}
