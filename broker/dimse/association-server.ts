import type { CommandSet } from './command-set.ts';
import type { DataSetSink } from './message-assembler.ts';
import type { AcceptedContext } from './presentation-context.ts';

/** Sends messages on an association. */
export interface Responder {
  send(contextId: number, command: CommandSet): void;
}

/** Answers the peer's requests. */
export interface AssociationServer {
  /** Where a request's data set goes. */
  sink(context: AcceptedContext, command: CommandSet): DataSetSink | undefined;
  /** A request is complete. */
  message(responder: Responder, context: AcceptedContext, command: CommandSet): void;
}
