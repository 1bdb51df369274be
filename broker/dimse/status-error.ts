import { DimseStatus, formatStatus } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import { type Endpoint, describe } from './rejection.ts';

interface Explanation {
  readonly why: string;
  readonly remedy?: string;
}

/**
 * A failure status in plain words (PS3.4 tables C.4-1 to C.4-3, PS3.7 annex C).
 * @param destination our AE title as a move destination, where the request was a C-MOVE
 */
export function statusError(
  endpoint: Endpoint,
  service: string,
  status: number,
  comment?: string,
  destination?: string,
): BrokerError {
  const { why, remedy } = explain(endpoint, status, { service, destination });
  const said = comment === undefined || comment === '' ? '' : ` It says: "${comment}".`;
  const message = `${describe(endpoint)} answered ${service} with ${formatStatus(status)}: ${why}.${said}`;
  return new BrokerError('archive-refused', message, {
    dimseStatus: status,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** What differs in a C-STORE (PS3.4 table B.2-1). */
const storeReasons: ReadonlyMap<number, string> = new Map([
  [DimseStatus.dataSetDoesNotMatchSopClass, 'the data set does not match its SOP class'],
  [DimseStatus.sopClassNotSupported, 'it does not take instances of this SOP class'],
  [DimseStatus.noSuchSopClass, 'it does not take instances of this SOP class'],
  [DimseStatus.duplicateSopInstance, 'it has an instance with this UID already'],
]);

function explain(
  endpoint: Endpoint,
  status: number,
  { service, destination }: { service: string; destination: string | undefined },
): Explanation {
  const ours = endpoint.callingAeTitle;
  const ofStore = service === 'C-STORE' ? storeReasons.get(status) : undefined;
  if (ofStore !== undefined) return { why: ofStore };
  switch (status) {
    case DimseStatus.moveDestinationUnknown:
      return {
        why: `it does not know the move destination ${destination ?? ''}`.trimEnd(),
        remedy: `Ask the archive's administrator to register our AE title ${destination ?? ours} as a move destination, with the address of this machine and the port of our storage SCP (scp.local_port).`,
      };
    case DimseStatus.cancel:
      return {
        why: 'it ended the operation before it was done',
        remedy: 'Ask for less at once, or try again later.',
      };
    case DimseStatus.outOfResources:
      return { why: 'it is out of resources', remedy: 'Try again later.' };
    case DimseStatus.unableToCalculateMatches:
      return { why: 'it is out of resources and could not count the matches', remedy: 'Try again later.' };
    case DimseStatus.unableToPerformSubOperations:
      return {
        why: 'it could not send the instances',
        remedy:
          service === 'C-GET'
            ? 'Look in the archive’s log: it may lack a SOP class or transfer syntax that was agreed on. wado.retrieve_method c-move needs no such agreement.'
            : 'Check that the archive reaches our storage SCP: address, port (scp.local_port) and the firewall between.',
      };
    case DimseStatus.identifierDoesNotMatchSopClass:
      return { why: 'it does not accept the keys of the request' };
    case DimseStatus.notAuthorized:
      return {
        why: 'it does not allow this',
        remedy: `Ask the archive's administrator for the rights of our AE title ${ours}.`,
      };
    case DimseStatus.sopClassNotSupported:
    case DimseStatus.noSuchSopClass:
      return { why: 'it does not offer this service' };
    case DimseStatus.duplicateInvocation:
    case DimseStatus.unrecognizedOperation:
      return { why: 'it did not understand the request' };
    default:
      if ((status & 0xf000) === 0xc000) {
        const why = 'it was unable to process the request';
        if (destination === undefined) return { why };
        // What Orthanc says of a destination that it does not know, and of one that it cannot reach.
        return {
          why,
          remedy: `Some archives say no more than that where they do not know the move destination ${destination} or cannot reach it: ask the archive's administrator to register it, with the address of this machine and the port of our storage SCP (scp.local_port), and look at the firewall between and in the archive's log.`,
        };
      }
      if ((status & 0xff00) === 0xa700) return { why: 'it is out of resources', remedy: 'Try again later.' };
      return { why: 'it failed' };
  }
}
