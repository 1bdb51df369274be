import { statusClass } from '../domain/dimse-status.ts';
import { verificationSopClass } from '../domain/sop-class.ts';
import type { Association } from './association.ts';
import { CommandField } from './command-set.ts';
import { statusError } from './status-error.ts';

/**
 * Verifies an association with C-ECHO (PS3.7 section 9.1.5).
 * @returns the round trip in milliseconds
 * @throws BrokerError `archive-refused`, or of the association
 */
export async function echoScu(
  association: Association,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const context = association.requireContext(verificationSopClass, 'C-ECHO (Verification)');
  const start = performance.now();
  for await (const response of association.request({
    contextId: context.id,
    command: {
      commandField: CommandField.cEchoRq,
      hasDataSet: false,
      messageId: association.nextMessageId(),
      affectedSopClassUid: verificationSopClass,
    },
    timeoutMs,
    signal,
  })) {
    if (statusClass(response.status) !== 'success') {
      throw statusError(association.endpoint, 'C-ECHO', response.status, response.command.errorComment);
    }
  }
  return performance.now() - start;
}
