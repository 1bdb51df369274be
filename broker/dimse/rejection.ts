import { BrokerError } from '../domain/errors.ts';
import type { Rejection } from './pdu.ts';

/** Whom an association was requested of, as whom. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
}

/** The peer in an error text: MAIN-PACS at 10.1.2.3:104. */
export function describe(endpoint: Endpoint): string {
  return `${endpoint.calledAeTitle} at ${endpoint.host}:${endpoint.port}`;
}

/** Explains an A-ASSOCIATE-RJ (PS3.8 table 9-21) and what to do about it. */
export function rejectionError(endpoint: Endpoint, rejection: Rejection): BrokerError {
  const { why, remedy } = explain(endpoint, rejection);
  return new BrokerError('association-rejected', `${describe(endpoint)} refused the association: ${why}.`, {
    remedy,
  });
}

/** The reason of an A-ASSOCIATE-RJ as PS3.8 table 9-21 names it. */
export function explainRejection({ source, reason }: Rejection): string {
  return reasons.get(`${source}.${reason}`) ?? 'no reason given';
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['1.2', 'application context name not supported'],
  ['1.3', 'calling AE title not recognized'],
  ['1.7', 'called AE title not recognized'],
  ['2.2', 'protocol version not supported'],
  ['3.1', 'temporary congestion'],
  ['3.2', 'local limit exceeded'],
]);

function explain(endpoint: Endpoint, { source, reason }: Rejection): { why: string; remedy: string } {
  const ours = endpoint.callingAeTitle;
  const theirs = endpoint.calledAeTitle;
  switch (`${source}.${reason}`) {
    case '1.3':
      return {
        why: `it does not know our AE title ${ours} (calling AE title not recognized)`,
        remedy: `Ask the archive's administrator to register the AE title ${ours} with the address of this machine.`,
      };
    case '1.7':
      return {
        why: `it does not answer to the AE title ${theirs} (called AE title not recognized)`,
        remedy: `Compare the AE title ${theirs} in our settings with the archive's own AE title; capitals matter.`,
      };
    case '1.2':
      return {
        why: 'it does not speak the DICOM application context',
        remedy: 'Check that the port is a DICOM port.',
      };
    case '2.2':
      return {
        why: 'it speaks another version of the DICOM protocol',
        remedy: 'Check that the port is a DICOM port.',
      };
    case '3.1':
      return { why: 'it is congested for the moment', remedy: 'Try again in a few minutes.' };
    case '3.2':
      return {
        why: 'it has reached its limit of associations',
        remedy: 'Try again later, or lower dimse.max_associations to what the archive allows.',
      };
    default:
      return {
        why: `it gave no reason (source ${source}, reason ${reason})`,
        remedy: `Look in the archive's log, and check that it knows the AE title ${ours} and this machine's address.`,
      };
  }
}
