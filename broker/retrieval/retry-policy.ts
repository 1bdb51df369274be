import { DimseStatus } from '../domain/dimse-status.ts';
import type { BrokerError } from '../domain/errors.ts';

/** What to do about a request that failed. */
export type Reaction =
  /** It will fail again: tell the client. */
  | 'give up'
  /** A connection that broke: once more at once. */
  | 'try again now'
  /** The archive is busy or its storage is not ready: once more after the delay. */
  | 'try again later';

/** What the request, and the retrieval that it belongs to, had brought when it failed. */
export interface Circumstances {
  /** The request brought something. */
  readonly hasProgressed: boolean;
  /** The request before it failed too. */
  readonly isRepeated: boolean;
  /** There is something of the resource. */
  readonly hasSome: boolean;
}

/**
 * An archive that does not know us, or that nobody answers for, is not asked again by itself: whoever
 * waits is told at once what to mend, and the next request asks anew.
 */
export function reactionTo(error: BrokerError, circumstances: Circumstances): Reaction {
  const { hasProgressed, isRepeated, hasSome } = circumstances;
  // Some came before it failed: what is missing is worth one more request, whatever the reason.
  if (hasProgressed) return 'try again now';
  if (error.code === 'association-aborted') {
    if (!isRepeated) return 'try again now';
    return hasSome ? 'try again later' : 'give up';
  }
  if (error.code === 'busy') return 'try again later';
  if (error.code === 'archive-refused' && isOutOfResources(error.dimseStatus)) return 'try again later';
  return 'give up';
}

/**
 * 0xA7xx: out of resources (PS3.4 table C.4-2); what archives answer while a tape is being mounted. But
 * 0xA702 is what they answer where they cannot reach or serve our storage SCP: a person must mend that.
 */
function isOutOfResources(status: number | undefined): boolean {
  return (
    status !== undefined &&
    (status & 0xff00) === 0xa700 &&
    status !== DimseStatus.unableToPerformSubOperations
  );
}

/** Failures with which archives answer a request for what they do not have: 0xA701, 0xA900, 0xCxxx. */
export function mayMeanNotFound({ code, dimseStatus = 0 }: BrokerError): boolean {
  if (code !== 'archive-refused') return false;
  return dimseStatus === 0xa701 || dimseStatus === 0xa900 || (dimseStatus & 0xf000) === 0xc000;
}
