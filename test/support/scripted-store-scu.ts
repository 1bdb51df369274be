import { createConnection } from 'node:net';
import type { Peer } from './dcmtk-tools.ts';
import { decodeAssociateAccept, encodeAssociateRequest } from './scripted-associate.ts';
import { commandFields } from './scripted-command.ts';
import type { Command } from './scripted-command.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import type { DataSetSending, Incoming } from './scripted-connection.ts';
import { pduTypes } from './scripted-pdu.ts';

export interface StoreScuOptions {
  readonly peer: Peer;
  readonly callingAeTitle?: string;
  /** One presentation context each, numbered 1, 3, 5, ... in this order. */
  readonly contexts: readonly { readonly sopClass: string; readonly transferSyntax: string }[];
}

export interface StoreSubOperation extends DataSetSending {
  readonly contextId?: number;
  readonly sopClass: string;
  readonly instance: string;
  readonly dataSet: Buffer;
  /** More attributes of the C-STORE-RQ, such as the move originator's, or other values of its own. */
  readonly extra?: Command;
}

/** The sending side of C-STORE, driven by a script: an archive that carries out a C-MOVE. */
export class ScriptedStoreScu extends ScriptedConnection implements Disposable {
  #messageId = 0;
  /** Context id to accepted transfer syntax; rejected contexts are not in it. */
  readonly accepted = new Map<number, string>();

  /** C-STORE-RQ alone, without its data set. */
  async sendStoreCommand(operation: Omit<StoreSubOperation, 'dataSet'>): Promise<void> {
    this.#messageId += 1;
    await this.sendCommand(operation.contextId ?? 1, {
      AffectedSOPClassUID: operation.sopClass,
      CommandField: commandFields.store,
      MessageID: this.#messageId,
      Priority: 0,
      CommandDataSetType: 0,
      AffectedSOPInstanceUID: operation.instance,
      ...operation.extra,
    });
  }

  /** A whole C-STORE; resolves with the response, or with what came instead. */
  async store(operation: StoreSubOperation): Promise<Incoming> {
    await this.sendStoreCommand(operation);
    await this.sendDataSet(operation.contextId ?? 1, operation.dataSet, operation);
    return this.read();
  }

  /** A-RELEASE-RQ; resolves once the peer has answered it or the connection is gone. */
  async release(): Promise<void> {
    await this.sendPdu({ type: pduTypes.releaseRequest, body: Buffer.alloc(4) });
    await this.readPdu();
    this.end();
  }

  [Symbol.dispose](): void {
    this.reset();
  }
}

/**
 * Opens an association to a store SCP.
 * @throws Error where it is refused or not answered
 */
export async function connectStoreScu(options: StoreScuOptions): Promise<ScriptedStoreScu> {
  const { peer, callingAeTitle = 'SCRIPTED', contexts } = options;
  const socket = createConnection({ host: peer.host, port: peer.port });
  const scu = new ScriptedStoreScu(socket);
  await scu.sendPdu(
    encodeAssociateRequest({
      calledAeTitle: peer.aeTitle,
      callingAeTitle,
      contexts: contexts.map(({ sopClass, transferSyntax }, index) => ({
        id: 2 * index + 1,
        abstractSyntax: sopClass,
        transferSyntaxes: [transferSyntax],
      })),
      maxPduLength: 131_072,
      roles: [],
      extendedNegotiation: [],
    }),
  );
  const answer = await scu.readPdu();
  if (answer?.type !== pduTypes.associateAccept) {
    scu.reset();
    throw new Error(
      answer === undefined
        ? 'The store SCP closed the connection.'
        : `The store SCP answered PDU ${answer.type}: ${answer.body.toString('hex')}.`,
    );
  }
  for (const { id, result, transferSyntax } of decodeAssociateAccept(answer.body).contexts) {
    if (result === 0) scu.accepted.set(id, transferSyntax);
  }
  return scu;
}
