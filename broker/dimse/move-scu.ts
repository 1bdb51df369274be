import { studyRootMoveSopClass } from '../domain/sop-class.ts';
import type { Association } from './association.ts';
import { CommandField } from './command-set.ts';
import { describe } from './rejection.ts';
import { type RetrieveEnd, type RetrieveProgress, progressOf, retrieveEnd } from './retrieve-response.ts';

export interface MoveRequest {
  /** AE title that the archive is to send to; it looks the address up in its own table. */
  readonly destination: string;
  /** The encoded identifier, in the transfer syntax of the association's C-MOVE context. */
  readonly identifier: Buffer;
  /** Silence between responses, in milliseconds: an archive on tape is silent for long. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: RetrieveProgress) => void;
}

/**
 * Retrieves with C-MOVE, Study Root (PS3.4 section C.4.2). The instances come on associations that the
 * archive opens to the destination, maybe after the final response.
 * @throws BrokerError of the association; `context-not-accepted` where the peer offers no C-MOVE
 */
export async function moveScu(association: Association, request: MoveRequest): Promise<RetrieveEnd> {
  const context = association.requireContext(studyRootMoveSopClass, 'C-MOVE (Study Root)');
  for await (const response of association.request({
    contextId: context.id,
    command: {
      commandField: CommandField.cMoveRq,
      hasDataSet: true,
      messageId: association.nextMessageId(),
      affectedSopClassUid: studyRootMoveSopClass,
      moveDestination: request.destination,
      priority: 0,
    },
    identifier: request.identifier,
    timeoutMs: request.timeoutMs,
    signal: request.signal,
  })) {
    if (response.isFinal) return retrieveEnd(response);
    request.onProgress(progressOf(response.command));
  }
  throw new Error(`${describe(association.endpoint)} ended a C-MOVE without a final response.`);
}
