import { statusClass } from '../domain/dimse-status.ts';
import { studyRootFindSopClass } from '../domain/sop-class.ts';
import type { Association } from './association.ts';
import { CommandField } from './command-set.ts';
import { statusError } from './status-error.ts';

export interface FindRequest {
  /** The encoded identifier, in the transfer syntax of the association's C-FIND context. */
  readonly identifier: Buffer;
  /** Silence between answers, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One answer: the identifier as it came, and whether an optional key was not used for matching (0xFF01). */
export interface FindAnswer {
  readonly identifier: Buffer;
  readonly unsupportedKeys: boolean;
}

/**
 * Queries with C-FIND, Study Root (PS3.4 section C.4.1). Ending the loop early sends C-CANCEL.
 * @throws BrokerError `archive-refused` with the archive's status and comment, or of the association;
 * `context-not-accepted` where the peer offers no C-FIND
 */
export async function* findScu(
  association: Association,
  request: FindRequest,
): AsyncGenerator<FindAnswer, void, undefined> {
  const context = association.requireContext(studyRootFindSopClass, 'C-FIND (Study Root)');
  for await (const response of association.request({
    contextId: context.id,
    command: {
      commandField: CommandField.cFindRq,
      hasDataSet: true,
      messageId: association.nextMessageId(),
      affectedSopClassUid: studyRootFindSopClass,
      priority: 0,
    },
    identifier: request.identifier,
    timeoutMs: request.timeoutMs,
    signal: request.signal,
  })) {
    const outcome = statusClass(response.status);
    if (outcome === 'pending') {
      if (response.identifier === undefined) continue;
      yield { identifier: response.identifier, unsupportedKeys: response.status === 0xff01 };
    } else if (outcome === 'failure' || outcome === 'cancel') {
      // Nobody who reads this has cancelled: the archive gave up by itself, and answers are missing.
      throw statusError(association.endpoint, 'C-FIND', response.status, response.command.errorComment);
    }
  }
}
