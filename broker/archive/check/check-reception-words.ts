import { isLoopback } from '../../config/loopback.ts';
import type { RetrieveEnd } from '../../dimse/retrieve-response.ts';
import { DimseStatus } from '../../domain/dimse-status.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { RetrieveMethod } from '../archive-retrieve.ts';
import type { CheckAddress } from './check-event.ts';
import type { CheckReception } from './check-receiver.ts';

/** What is known of a test retrieval, beside what the archive said. */
export interface ReceptionFacts {
  readonly method: RetrieveMethod;
  readonly address: CheckAddress;
  readonly reception: Pick<CheckReception, 'place' | 'arrivals'>;
}

/** What a request that failed shows of the way between: better than the archive's own status, where it does. */
export function notSent({ error, ...facts }: ReceptionFacts & { readonly error: BrokerError }): BrokerError {
  if (facts.method === 'c-get' || error.dimseStatus === DimseStatus.moveDestinationUnknown) return error;
  const arrived = fromArrivals(facts, error);
  if (arrived !== undefined) return arrived;
  const { aeTitle, port } = facts.reception.place;
  const couldNotSend =
    error.code === 'archive-timeout' ||
    error.dimseStatus === DimseStatus.unableToPerformSubOperations ||
    (error.code === 'archive-refused' && ((error.dimseStatus ?? 0) & 0xff00) === 0xa700);
  if (!couldNotSend) return error;
  return new BrokerError(
    error.code,
    `${error.message} Nothing has reached our storage SCP ${aeTitle} on port ${port} meanwhile.`,
    { ...detailsOf(error), remedy: addressRemedy(facts) },
  );
}

/** Why nothing came although the archive says that it has sent it. */
export function notArrived({
  end,
  waitedMs,
  ...facts
}: ReceptionFacts & { readonly end: RetrieveEnd; readonly waitedMs: number }): BrokerError {
  const { address, method, reception } = facts;
  const arrived = fromArrivals(facts, undefined);
  if (arrived !== undefined) return arrived;
  const { aeTitle, port } = reception.place;
  if (method === 'c-get') {
    return new BrokerError(
      'instances-missing',
      `${address.aeTitle} ended the C-GET without sending the image.`,
      {
        remedy:
          'Look in the archive’s log: it may have no transfer syntax in common with us for this image, or not allow C-GET.',
      },
    );
  }
  if ((end.failed ?? 0) > 0 && (end.completed ?? 0) === 0) {
    return new BrokerError(
      'instances-missing',
      `${address.aeTitle} could not send the image to ${aeTitle}; nothing has reached port ${port} of this machine.`,
      { remedy: addressRemedy(facts) },
    );
  }
  const opened = reception.arrivals.find((arrival) => arrival.kind === 'opened');
  if (opened !== undefined) {
    return new BrokerError(
      'instances-missing',
      `${opened.callingAeTitle} at ${opened.peer} reached our storage SCP, but sent no image within ${waitedMs / 1000} s.`,
      { remedy: 'Look in the archive’s log for what kept it from sending.' },
    );
  }
  return new BrokerError(
    'instances-missing',
    `${address.aeTitle} says that it has sent the image, but nothing has reached port ${port} of this machine within ${waitedMs / 1000} s.`,
    { remedy: addressRemedy(facts) },
  );
}

/** How the image came, and what to know about it. */
export function arrivedDetail({
  method,
  address,
  reception,
  instance,
}: ReceptionFacts & { readonly instance: string }): string {
  const stored = reception.arrivals.find(
    (arrival) => arrival.kind === 'stored' && arrival.instance === instance,
  );
  const bytes = stored?.kind === 'stored' ? stored.bytes : 0;
  const size = bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.ceil(bytes / 1_000)} kB`;
  const came = `The image came (${size}).`;
  const senders = new Set(
    reception.arrivals.flatMap((arrival) => (arrival.kind === 'opened' ? [arrival.callingAeTitle] : [])),
  );
  if (method === 'c-get' || senders.size === 0 || senders.has(address.aeTitle)) return came;
  const [sender] = senders;
  return `${came} It came from the AE title ${sender}, not ${address.aeTitle}: that is fine as long as no other archive sends the same studies.`;
}

/** What reached our storage SCP and was turned away there says more than the archive's status. */
function fromArrivals(
  { address, reception }: ReceptionFacts,
  error: BrokerError | undefined,
): BrokerError | undefined {
  const { aeTitle } = reception.place;
  const refused = reception.arrivals.find((arrival) => arrival.kind === 'refused');
  const details = error === undefined ? {} : detailsOf(error);
  if (refused !== undefined) {
    return new BrokerError(
      'instances-missing',
      `The image came from ${refused.callingAeTitle}, but was refused here: ${refused.comment ?? 'no reason'}.`,
      { ...details, remedy: 'Look in our log for more, and check that the disk of the cache has room.' },
    );
  }
  const rejected = reception.arrivals.find((arrival) => arrival.kind === 'rejected');
  if (rejected === undefined) return undefined;
  return new BrokerError(
    'instances-missing',
    `${address.aeTitle} reached our storage SCP, but it was turned away: ${rejected.reason}.`,
    {
      ...details,
      remedy: `Ask the archive's administrator to correct the AE title that this machine is registered with: it is ${aeTitle}, exactly so.`,
    },
  );
}

function addressRemedy({ address, reception }: ReceptionFacts): string {
  const { aeTitle, host, port } = reception.place;
  if (isLoopback(host) && !isLoopback(address.host)) {
    return `Our storage SCP listens on ${host} only, where no other machine can reach it: set scp.local_host to 0.0.0.0, or to the address of this machine.`;
  }
  return `Ask the archive's administrator to compare the address and the port that ${aeTitle} is registered with, with those below. Then look at the firewall of this machine and those between: port ${port} must let the archive in.`;
}

function detailsOf({ dimseStatus, cause }: BrokerError): { dimseStatus?: number; cause?: unknown } {
  return dimseStatus === undefined ? { cause } : { dimseStatus, cause };
}
