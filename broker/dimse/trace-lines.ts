import { statusClass } from '../domain/dimse-status.ts';
import type { BrokerError } from '../domain/errors.ts';
import { transferSyntaxOf } from '../domain/transfer-syntax.ts';
import type { AssociateAc } from './associate-pdu.ts';
import type { AssociationTrace, Connection, TracedRequest, TraceDirection } from './association-trace.ts';
import { commandDetail, commandName, serviceName } from './command-name.ts';
import type { CommandSet } from './command-set.ts';
import type { Rejection } from './pdu.ts';
import { ContextResult, type ProposedContext } from './presentation-context.ts';
import { explainRejection } from './rejection.ts';

/** One line of what went over the wire. */
export interface TraceLine {
  /** Milliseconds since the trace began. */
  readonly atMs: number;
  readonly direction: TraceDirection | 'note';
  readonly name: string;
  readonly detail: string;
}

/** Lines at most; the last of them are kept for how the association ended. */
const mostLines = 2_000;
const keptForTheEnd = 100;

/** The answers to a proposed context (PS3.8 table 9-18). */
const contextResults: ReadonlyMap<number, string> = new Map([
  [ContextResult.userRejection, 'refused'],
  [ContextResult.noReason, 'refused without a reason'],
  [ContextResult.abstractSyntaxNotSupported, 'refused: not offered'],
  [ContextResult.transferSyntaxesNotSupported, 'refused: none of the transfer syntaxes'],
]);

/** A trace as lines to read, bounded whatever the peer sends. Times count from when it is made. */
export class TraceLines implements AssociationTrace {
  readonly #start = performance.now();
  #lines: TraceLine[] = [];
  #count = 0;
  #leftOut = 0;
  #isFull = false;
  #proposed: readonly ProposedContext[] = [];
  #connection: Connection | undefined;
  #connectedAtMs: number | undefined;
  #acceptedAtMs: number | undefined;
  #rejection: string | undefined;

  /** Our address and port on the way to the peer, once connected. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** When TCP was connected, and when the association was accepted, in milliseconds since the beginning. */
  get times(): { readonly connectedAtMs: number | undefined; readonly acceptedAtMs: number | undefined } {
    return { connectedAtMs: this.#connectedAtMs, acceptedAtMs: this.#acceptedAtMs };
  }

  /** Source and reason of the rejection where there was one: «1.3» (PS3.8 table 9-21). */
  get rejection(): string | undefined {
    return this.#rejection;
  }

  /** The lines since they were last taken. */
  take(): TraceLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  note(name: string, detail: string): void {
    this.#add('note', name, detail);
  }

  connected(connection: Connection): void {
    this.#connection = connection;
    this.#connectedAtMs = this.#now();
    const { localAddress, localPort, remoteAddress, remotePort } = connection;
    this.note('connected', `${localAddress}:${localPort} to ${remoteAddress}:${remotePort}`);
  }

  requested({ endpoint, contexts, extended, maxPduLength }: TracedRequest): void {
    this.#proposed = contexts;
    const { callingAeTitle, calledAeTitle } = endpoint;
    const services = [...new Set(contexts.map(({ abstractSyntax }) => serviceName(abstractSyntax)))];
    const negotiated = extended.map(
      ({ sopClass, information }) =>
        `; extended negotiation of ${serviceName(sopClass)}: ${[...information].join(' ')}`,
    );
    this.#add(
      'sent',
      'A-ASSOCIATE-RQ',
      `from ${callingAeTitle} to ${calledAeTitle}, PDUs up to ${maxPduLength} bytes: ${services.join(', ')}${negotiated.join('')}`,
    );
  }

  accepted(answer: AssociateAc): void {
    this.#acceptedAtMs = this.#now();
    const { implementation = 'an implementation that it does not name', maxPduLength, extended } = answer;
    const accepted = answer.contexts.filter(({ result }) => result === ContextResult.accepted).length;
    this.#add(
      'received',
      'A-ASSOCIATE-AC',
      `${implementation}, PDUs up to ${maxPduLength === 0 ? 'any number of' : maxPduLength} bytes: ${accepted} of ${this.#proposed.length} presentation contexts accepted`,
    );
    for (const { id, result, transferSyntax } of answer.contexts) {
      const context = this.#proposed.find((candidate) => candidate.id === id);
      const what = serviceName(context?.abstractSyntax ?? 'not proposed');
      const syntax = transferSyntaxOf(transferSyntax)?.name ?? transferSyntax;
      const outcome =
        result === ContextResult.accepted
          ? `accepted, ${syntax}`
          : (contextResults.get(result) ?? `refused (result ${result})`);
      this.note(`context ${id}`, `${what}: ${outcome}`);
    }
    for (const { sopClass, information } of extended) {
      this.note('extended negotiation', `${serviceName(sopClass)}: ${[...information].join(' ')}`);
    }
  }

  rejected(rejection: Rejection): void {
    const { result, source, reason } = rejection;
    this.#rejection = `${source}.${reason}`;
    const kind = result === 2 ? 'for now' : 'for good';
    this.#add(
      'received',
      'A-ASSOCIATE-RJ',
      `${kind}: ${explainRejection(rejection)} (source ${source}, reason ${reason})`,
    );
  }

  message(direction: TraceDirection, command: CommandSet, dataSetBytes: number | undefined): void {
    const isPending = command.status !== undefined && statusClass(command.status) === 'pending';
    if (isPending && this.#count >= mostLines - keptForTheEnd) {
      this.#leftOut += 1;
      return;
    }
    const size = dataSetBytes === undefined ? '' : `, data set of ${dataSetBytes} bytes`;
    this.#add(direction, commandName(command), `${commandDetail(command)}${size}`);
  }

  ending(direction: TraceDirection, pdu: string, detail: string): void {
    this.#add(direction, pdu, detail);
  }

  closed(reason: BrokerError | undefined): void {
    this.note('closed', reason?.message ?? '');
  }

  #add(direction: TraceLine['direction'], name: string, detail: string): void {
    if (this.#isFull) return;
    if (this.#leftOut > 0) {
      this.#push('note', 'left out', `${this.#leftOut} more pending responses`);
      this.#leftOut = 0;
    }
    if (this.#count < mostLines - 1) this.#push(direction, name, detail);
    else {
      this.#isFull = true;
      this.#push('note', 'left out', `The trace ends here: it has ${mostLines} lines.`);
    }
  }

  #push(direction: TraceLine['direction'], name: string, detail: string): void {
    this.#count += 1;
    this.#lines.push({ atMs: this.#now(), direction, name, detail });
  }

  #now(): number {
    return Math.round((performance.now() - this.#start) * 10) / 10;
  }
}
