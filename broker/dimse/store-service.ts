import { DimseStatus } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import type { AssociationServer, Responder } from './association-server.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { DataSetSink } from './message-assembler.ts';
import type { AcceptedContext } from './presentation-context.ts';

/** A C-STORE-RQ, as the one who keeps the instance needs it (PS3.4 section B.2, PS3.7 section 9.1.1). */
export interface StoreRequest {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly callingAeTitle: string;
  readonly peer: string;
  /** What log entries call the association that it comes over. */
  readonly association?: string;
}

/** Keeps one instance. `end` stores it for good, returns the status of the response, and does not throw. */
export interface InstanceSink {
  write(bytes: Buffer): void;
  end(): { status: number; comment?: string };
  abort(reason: BrokerError): void;
}

export interface StoreHandler {
  open(request: StoreRequest): InstanceSink;
}

/** Where an association comes from. */
export interface StorePeer {
  readonly callingAeTitle: string;
  readonly peer: string;
  readonly association?: string;
}

/** Answers C-ECHO and C-STORE; one per association, which handles one message at a time. */
export class StoreService implements AssociationServer {
  readonly #handler: StoreHandler;
  readonly #peer: StorePeer;
  #outcome: { status: number; comment?: string } | undefined;

  constructor(handler: StoreHandler, peer: StorePeer) {
    this.#handler = handler;
    this.#peer = peer;
  }

  sink(context: AcceptedContext, command: CommandSet): DataSetSink | undefined {
    if (command.commandField !== CommandField.cStoreRq) return undefined;
    const instance = this.#handler.open({
      // An SCU may omit the class of the command; the context's is the one that was agreed on.
      sopClassUid: command.affectedSopClassUid ?? context.abstractSyntax,
      sopInstanceUid: command.affectedSopInstanceUid ?? '',
      transferSyntaxUid: context.transferSyntax,
      ...this.#peer,
    });
    return {
      write: (bytes) => {
        instance.write(bytes);
      },
      end: () => {
        this.#outcome = instance.end();
      },
      abort: (reason) => {
        instance.abort(reason);
      },
    };
  }

  message(responder: Responder, context: AcceptedContext, command: CommandSet): void {
    if (command.commandField === CommandField.cCancelRq) return;
    const { messageId } = command;
    if (messageId === undefined) {
      throw new BrokerError('association-aborted', 'The peer sent a request without a message ID.');
    }
    if (command.commandField === CommandField.cEchoRq) {
      responder.send(
        context.id,
        this.#response(CommandField.cEchoRsp, messageId, command, DimseStatus.success),
      );
      return;
    }
    if (command.commandField !== CommandField.cStoreRq) {
      const field = command.commandField | 0x8000;
      responder.send(
        context.id,
        this.#response(field, messageId, command, DimseStatus.unrecognizedOperation),
      );
      return;
    }
    const outcome = this.#outcome ?? { status: DimseStatus.cannotUnderstand, comment: 'No data set' };
    this.#outcome = undefined;
    responder.send(context.id, {
      ...this.#response(CommandField.cStoreRsp, messageId, command, outcome.status),
      ...(outcome.comment === undefined ? {} : { errorComment: outcome.comment.slice(0, 64) }),
    });
  }

  #response(commandField: number, messageId: number, request: CommandSet, status: number): CommandSet {
    return {
      commandField,
      hasDataSet: false,
      messageIdBeingRespondedTo: messageId,
      status,
      ...(request.affectedSopClassUid === undefined
        ? {}
        : { affectedSopClassUid: request.affectedSopClassUid }),
      ...(request.affectedSopInstanceUid === undefined
        ? {}
        : { affectedSopInstanceUid: request.affectedSopInstanceUid }),
    };
  }
}
