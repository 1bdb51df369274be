import { statusClass } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Association } from './association.ts';
import { CommandField } from './command-set.ts';
import { describe } from './rejection.ts';
import { statusError } from './status-error.ts';

export interface InstanceToStore {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The data set's bytes in that syntax, without file meta information. */
  readonly dataSet: AsyncIterable<Buffer>;
}

/** How the peer took an instance that it did not refuse. */
export interface StoreEnd {
  /** Success or a warning. */
  readonly status: number;
  readonly comment: string | undefined;
}

export interface StoreOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends one instance with C-STORE (PS3.7 section 9.1.1), piece by piece as the socket takes them.
 * @throws BrokerError `context-not-accepted` where the peer does not take that class in that syntax,
 * `archive-refused` with its status and comment, or of the association
 */
export async function storeScu(
  association: Association,
  instance: InstanceToStore,
  options: StoreOptions,
): Promise<StoreEnd> {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = instance;
  const context = association.contextOf(sopClassUid, transferSyntaxUid);
  if (context === undefined) {
    throw new BrokerError(
      'context-not-accepted',
      `${describe(association.endpoint)} does not take instances of ${sopClassUid} in transfer syntax ${transferSyntaxUid}.`,
    );
  }
  const responses = association.request({
    contextId: context.id,
    command: {
      commandField: CommandField.cStoreRq,
      hasDataSet: true,
      messageId: association.nextMessageId(),
      affectedSopClassUid: sopClassUid,
      affectedSopInstanceUid: sopInstanceUid,
      priority: 0,
    },
    ...options,
    body: () => sendDataSet(association, context.id, instance.dataSet),
  });
  for await (const { status, command } of responses) {
    if (statusClass(status) === 'failure') {
      throw statusError(association.endpoint, 'C-STORE', status, command.errorComment);
    }
    return { status, comment: command.errorComment };
  }
  throw new Error(`${describe(association.endpoint)} ended a C-STORE without a response.`);
}

/**
 * One piece is held back, so that the last one can be marked as such. Pieces of an odd length lend a
 * byte to the next: fragments are even (PS3.8 annex E.1), and DCMTK aborts where one is not. A data set
 * that is odd as a whole, as deflated ones may be in files, gets a zero byte (PS3.5 annex A.5).
 */
async function sendDataSet(
  association: Association,
  contextId: number,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    const even = held.length - (held.length % 2);
    if (even > 0) await association.sendDataSetPart(contextId, held.subarray(0, even), false);
    held = even === held.length ? piece : Buffer.concat([held.subarray(even), piece]);
  }
  const isOdd = held.length % 2 === 1;
  await association.sendDataSetPart(contextId, isOdd ? Buffer.concat([held, Buffer.alloc(1)]) : held, true);
}
