import type { Socket } from 'node:net';
import { BrokerError } from '../domain/errors.ts';
import { type AssociateAc, decodeAssociateAc, encodeAssociateRq } from './associate-pdu.ts';
import type { AssociationTrace, Connection } from './association-trace.ts';
import type { CommandSet } from './command-set.ts';
import type { DataSetSink } from './message-assembler.ts';
import { PduType } from './pdu.ts';
import type {
  AcceptedContext,
  ExtendedNegotiation,
  ProposedContext,
  RoleSelection,
} from './presentation-context.ts';
import type { QuickAck } from './quick-ack.ts';
import { type Endpoint, describe, rejectionError } from './rejection.ts';
import { settledWithin } from './settled-within.ts';
import { UpperLayer } from './upper-layer.ts';

export interface AssociationLimits {
  readonly connectTimeoutMs: number;
  /** From A-ASSOCIATE-RQ to its answer. */
  readonly associationTimeoutMs: number;
  /** Silence in the middle of a message. */
  readonly transferTimeoutMs: number;
  readonly maxPduLength: number;
}

/** What is proposed to an archive. */
export interface Proposal {
  readonly endpoint: Endpoint;
  readonly contexts: readonly ProposedContext[];
  readonly roles?: readonly RoleSelection[];
  readonly extended?: readonly ExtendedNegotiation[];
  readonly limits: AssociationLimits;
  readonly quickAck?: QuickAck | undefined;
  /** Watches the association. */
  readonly trace?: AssociationTrace | undefined;
}

/** Takes the messages of an association. */
export interface AssociationReceiver {
  sink(contextId: number, command: CommandSet): DataSetSink | undefined;
  receive(contextId: number, command: CommandSet, dataSet: Buffer | undefined): void;
}

/** An open association before anybody uses it. */
export interface Opened {
  readonly layer: UpperLayer;
  readonly answer: AssociateAc;
  readonly closed: Promise<BrokerError | undefined>;
  /** Who takes the messages; set before the first request. */
  readonly handler: { association: AssociationReceiver | undefined };
}

/** An identifier is a query's answer: a data set without pixel data. */
const maxIdentifierLength = 8 * 1024 * 1024;

/**
 * Sends A-ASSOCIATE-RQ and waits for the answer.
 * @throws BrokerError `association-rejected`, `association-aborted`, `archive-timeout`, `cancelled`;
 * the socket is closed then
 */
export async function negotiate(socket: Socket, request: Proposal, signal?: AbortSignal): Promise<Opened> {
  const { endpoint, limits, trace } = request;
  trace?.connected(connectionOf(socket));
  const handler: { association: AssociationReceiver | undefined } = { association: undefined };
  let settleClosed: (reason: BrokerError | undefined) => void = () => undefined;
  const closed = new Promise<BrokerError | undefined>((resolve) => (settleClosed = resolve));
  let answered: (type: number, body: Buffer) => void = () => undefined;
  const established = (): AssociationReceiver => {
    if (handler.association !== undefined) return handler.association;
    throw new BrokerError(
      'association-aborted',
      `${describe(endpoint)} sent a message before it was asked anything.`,
    );
  };
  const layer = new UpperLayer(
    socket,
    {
      associate: (type, body) => {
        answered(type, body);
      },
      closed: (reason) => {
        settleClosed(reason);
      },
      sink: (contextId, command) => established().sink(contextId, command),
      message: (contextId, command, dataSet) => {
        trace?.message('received', command, dataSet?.length);
        established().receive(contextId, command, dataSet);
      },
    },
    { ...limits, maxIdentifierLength, quickAck: request.quickAck, peer: describe(endpoint), trace },
  );
  try {
    const answer = await settledWithin<AssociateAc>(
      limits.associationTimeoutMs,
      signal,
      (resolve, reject) => {
        answered = (type, body) => {
          if (type === PduType.associateAc) {
            const answer = decodeAssociateAc(body);
            trace?.accepted(answer);
            resolve(answer);
          } else if (type === PduType.associateRj) {
            const rejection = { result: body[1] ?? 0, source: body[2] ?? 0, reason: body[3] ?? 0 };
            trace?.rejected(rejection);
            reject(rejectionError(endpoint, rejection));
          } else
            throw new BrokerError('association-aborted', `${describe(endpoint)} sent an unexpected PDU.`);
        };
        void closed.then((reason) => {
          reject(
            reason ?? new BrokerError('association-aborted', `${describe(endpoint)} closed the connection.`),
          );
        });
        const { contexts, roles = [], extended = [] } = request;
        const { maxPduLength } = limits;
        trace?.requested({ endpoint, contexts, extended, maxPduLength });
        layer.sendPdu(
          encodeAssociateRq({
            ...endpoint,
            contexts,
            maxPduLength,
            roles,
            extended,
          }),
        );
      },
    );
    return { layer, answer, closed, handler };
  } catch (error) {
    const reason = associationError(endpoint, error, limits.associationTimeoutMs);
    if (reason.code === 'association-rejected') layer.destroy(reason);
    else layer.abort(reason);
    throw reason;
  } finally {
    answered = () => {
      throw new BrokerError('association-aborted', `${describe(endpoint)} negotiated twice.`);
    };
  }
}

function connectionOf(socket: Socket): Connection {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
  return { localAddress, localPort, remoteAddress, remotePort };
}

function associationError(endpoint: Endpoint, error: unknown, timeoutMs: number): BrokerError {
  if (error instanceof BrokerError) return error;
  return new BrokerError(
    'archive-timeout',
    `${describe(endpoint)} took the connection but did not answer the association request within ${timeoutMs / 1000} s.`,
    { cause: error, remedy: 'Check that the port is the DICOM port of the archive.' },
  );
}

/** The contexts that the peer accepted, by their ID. */
export function acceptedContexts(
  proposed: readonly ProposedContext[],
  answer: AssociateAc,
): Map<number, AcceptedContext> {
  const accepted = new Map<number, AcceptedContext>();
  for (const { id, result, transferSyntax } of answer.contexts) {
    const context = proposed.find((candidate) => candidate.id === id);
    if (context === undefined || result !== 0) continue;
    // An acceptor that names a syntax that was not proposed cannot be understood in that context.
    if (!context.transferSyntaxes.includes(transferSyntax)) continue;
    accepted.set(id, { id, abstractSyntax: context.abstractSyntax, transferSyntax });
  }
  return accepted;
}
