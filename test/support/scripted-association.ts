import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { decodeAssociateRequest, encodeAssociateAccept } from './scripted-associate.ts';
import type {
  AssociateRequest,
  ExtendedNegotiation,
  ProposedContext,
  RoleSelection,
} from './scripted-associate.ts';
import { noDataSet } from './scripted-command.ts';
import type { Command } from './scripted-command.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import type { Message } from './scripted-connection.ts';
import { pduTypes } from './scripted-pdu.ts';

export interface AcceptOptions {
  /**
   * The transfer syntax to accept for a context, or the result to reject it with (PS3.8 table 9-18).
   * Default: Explicit VR Little Endian where it is proposed, else the first.
   */
  readonly choose?: (context: ProposedContext) => string | number;
  /** Default 131,072. */
  readonly maxPduLength?: number;
  /** Default: those that are proposed. */
  readonly roles?: readonly RoleSelection[];
  /** Default: none, which means that nothing optional is supported. */
  readonly extendedNegotiation?: readonly ExtendedNegotiation[];
}

function explicitOrFirst({ transferSyntaxes }: ProposedContext): string | number {
  if (transferSyntaxes.includes(explicitVrLittleEndian)) return explicitVrLittleEndian;
  return transferSyntaxes[0] ?? 4;
}

/** The accepting side of an association, driven by a script. */
export class ScriptedAssociation extends ScriptedConnection {
  #request: AssociateRequest | undefined;

  /** What the peer proposed; read by `accept`, `reject` or `readAssociateRequest`. */
  get request(): AssociateRequest {
    if (this.#request === undefined) throw new Error('The A-ASSOCIATE-RQ has not been read yet.');
    return this.#request;
  }

  /**
   * Reads the A-ASSOCIATE-RQ, once.
   * @throws Error where the peer sends something else or nothing
   */
  async readAssociateRequest(): Promise<AssociateRequest> {
    if (this.#request !== undefined) return this.#request;
    const pdu = await this.readPdu();
    if (pdu?.type !== pduTypes.associateRequest) {
      throw new Error(
        `Expected an A-ASSOCIATE-RQ, but got ${pdu === undefined ? 'nothing' : `PDU ${pdu.type}`}.`,
      );
    }
    this.#request = decodeAssociateRequest(pdu.body);
    return this.#request;
  }

  /** Reads the request and answers A-ASSOCIATE-AC. */
  async accept(options: AcceptOptions = {}): Promise<AssociateRequest> {
    const request = await this.readAssociateRequest();
    const choose = options.choose ?? explicitOrFirst;
    const contexts = request.contexts.map((context) => {
      const chosen = choose(context);
      return typeof chosen === 'number'
        ? { id: context.id, result: chosen, transferSyntax: '' }
        : { id: context.id, result: 0, transferSyntax: chosen };
    });
    const { maxPduLength = 131_072, roles = request.roles, extendedNegotiation = [] } = options;
    await this.sendPdu(
      encodeAssociateAccept(request, { contexts, maxPduLength, roles, extendedNegotiation }),
    );
    return request;
  }

  /** Reads the request and answers A-ASSOCIATE-RJ (PS3.8 table 9-21). */
  async reject(result: number, source: number, reason: number): Promise<AssociateRequest> {
    const request = await this.readAssociateRequest();
    await this.sendPdu({ type: pduTypes.associateReject, body: Buffer.from([0, result, source, reason]) });
    return request;
  }

  /**
   * Answers a message.
   * @param extra more attributes, or other values of those that follow from the request
   * @param dataSet the response's data set, as it goes out
   */
  async respond(message: Message, status: number, extra: Command = {}, dataSet?: Buffer): Promise<void> {
    const { AffectedSOPClassUID, CommandField, MessageID } = message.command;
    await this.sendCommand(message.contextId, {
      ...(AffectedSOPClassUID === undefined ? {} : { AffectedSOPClassUID }),
      CommandField: Number(CommandField) | 0x8000,
      MessageIDBeingRespondedTo: Number(MessageID),
      CommandDataSetType: dataSet === undefined ? noDataSet : 0,
      Status: status,
      ...extra,
    });
    if (dataSet !== undefined) await this.sendDataSet(message.contextId, dataSet);
  }

  /** Waits until the peer releases (and answers it), aborts or closes; reads over messages till then. */
  async readToEnd(): Promise<'release' | 'abort' | 'closed'> {
    for (;;) {
      const incoming = await this.read();
      if (incoming.kind === 'message') continue;
      if (incoming.kind === 'release') await this.acknowledgeRelease();
      return incoming.kind;
    }
  }
}
