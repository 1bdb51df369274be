import { BrokerError } from '../domain/errors.ts';

/** What to do about a request that failed before anything came of it. */
export type Reaction =
  /** It will fail again: tell the client. */
  | 'give up'
  /** A connection that broke: once more at once. */
  | 'try again now'
  /** The archive is busy or its storage is not ready: once more after the delay. */
  | 'try again later';

/**
 * An archive that does not know us, or that nobody answers for, is not asked again by itself: whoever
 * waits is told at once what to mend, and the next request asks anew.
 */
export function reactionTo(error: BrokerError): Reaction {
  if (error.code === 'association-aborted') return 'try again now';
  if (error.code === 'busy') return 'try again later';
  if (error.code === 'archive-refused' && isOutOfResources(error.dimseStatus)) return 'try again later';
  return 'give up';
}

/** 0xA7xx: out of resources (PS3.4 table C.4-2); what archives answer while a tape is being mounted. */
function isOutOfResources(status: number | undefined): boolean {
  return status !== undefined && (status & 0xff00) === 0xa700;
}
