import { BrokerError } from '../domain/errors.ts';
import { CollectedBytes } from './collected-bytes.ts';
import { type CommandSet, decodeCommandSet } from './command-set.ts';

/**
 * Takes the bytes of one data set as they arrive. `write` gets views of what the socket has read; they
 * keep that alive for as long as they are kept.
 */
export interface DataSetSink {
  write(bytes: Buffer): void;
  /** The last byte has been written. */
  end(): void;
  /** The association broke before the last byte. */
  abort(reason: BrokerError): void;
}

export interface MessageListener {
  /**
   * A command set that announces a data set has come.
   * @returns where the data set goes, or undefined to have it collected and given to `message`
   */
  sink(contextId: number, command: CommandSet): DataSetSink | undefined;
  /** A message is complete; `dataSet` is there only where it has one that was collected, and is the listener's. */
  message(contextId: number, command: CommandSet, dataSet: Buffer | undefined): void;
}

/** A command set has a dozen short elements; the longest is an error comment of 64 characters. */
const maxCommandLength = 16 * 1024;
const commandBit = 1;
const lastBit = 2;

/** Puts DIMSE messages together from fragments of presentation data values (PS3.7 section 6.3, PS3.8 annex E). */
export class MessageAssembler {
  readonly #listener: MessageListener;
  readonly #maxDataSetLength: number;
  /** Of a command, or of a data set that has no sink. */
  readonly #collected = new CollectedBytes();
  #insideCommand = false;
  #contextId = 0;
  /** The command whose data set is being read. */
  #command: CommandSet | undefined;
  #sink: DataSetSink | undefined;

  /** @param maxDataSetLength largest data set that is collected in memory, in bytes */
  constructor(listener: MessageListener, maxDataSetLength: number) {
    this.#listener = listener;
    this.#maxDataSetLength = maxDataSetLength;
  }

  /** True in the middle of a message. */
  get insideMessage(): boolean {
    return this.#command !== undefined || this.#insideCommand;
  }

  /** @throws BrokerError `association-aborted` where fragments are out of order or too large */
  fragment(contextId: number, control: number, bytes: Buffer, ends: boolean): void {
    const isLast = ends && (control & lastBit) !== 0;
    if ((control & commandBit) !== 0) this.#commandFragment(contextId, bytes, isLast);
    else this.#dataSetFragment(contextId, bytes, isLast);
  }

  /** Tells the sink of an unfinished data set that no more comes. */
  abort(reason: BrokerError): void {
    const sink = this.#sink;
    this.#reset();
    sink?.abort(reason);
  }

  #commandFragment(contextId: number, bytes: Buffer, isLast: boolean): void {
    if (this.#command !== undefined)
      throw outOfOrder('a command before the data set of the last one had ended');
    if (this.#insideCommand && contextId !== this.#contextId)
      throw outOfOrder('a command in two presentation contexts');
    this.#contextId = contextId;
    this.#insideCommand = true;
    this.#limit(bytes, maxCommandLength);
    if (!isLast) {
      this.#collected.add(bytes);
      return;
    }
    this.#insideCommand = false;
    const command = decodeCommandSet(this.#collected.takeWith(bytes));
    if (!command.hasDataSet) {
      this.#listener.message(contextId, command, undefined);
      return;
    }
    this.#command = command;
    this.#sink = this.#listener.sink(contextId, command);
  }

  #dataSetFragment(contextId: number, bytes: Buffer, isLast: boolean): void {
    const command = this.#command;
    if (command === undefined) throw outOfOrder('a data set without a command');
    if (contextId !== this.#contextId) {
      throw outOfOrder(`a data set in presentation context ${contextId} for a command in ${this.#contextId}`);
    }
    const sink = this.#sink;
    if (sink === undefined) this.#limit(bytes, this.#maxDataSetLength);
    else sink.write(bytes);
    if (!isLast) {
      if (sink === undefined) this.#collected.add(bytes);
      return;
    }
    const dataSet = sink === undefined ? this.#collected.takeWith(bytes) : undefined;
    this.#reset();
    sink?.end();
    this.#listener.message(contextId, command, dataSet);
  }

  #limit(bytes: Buffer, limit: number): void {
    if (this.#collected.length + bytes.length <= limit) return;
    throw outOfOrder(`more than ${limit} bytes where that is the limit`);
  }

  #reset(): void {
    this.#command = undefined;
    this.#sink = undefined;
    this.#insideCommand = false;
    this.#collected.clear();
  }
}

function outOfOrder(what: string): BrokerError {
  return new BrokerError('association-aborted', `The peer sent ${what}.`);
}
