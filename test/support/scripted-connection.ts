import { once } from 'node:events';
import type { Socket } from 'node:net';
import { noDataSet, decodeCommand, encodeCommand } from './scripted-command.ts';
import type { Command } from './scripted-command.ts';
import { decodeData, encodeData, encodePdu, pduTypes } from './scripted-pdu.ts';
import type { DataValue, Pdu } from './scripted-pdu.ts';

/** A DIMSE message as it came: its command, and the bytes of its data set where it has one. */
export interface Message {
  readonly kind: 'message';
  readonly contextId: number;
  readonly command: Command;
  readonly dataSet: Buffer | undefined;
  /** How many P-DATA-TF PDUs it came in. */
  readonly pduCount: number;
}

/** What comes next from the peer: a message, the wish to release, A-ABORT, or the end of the connection. */
export type Incoming = Message | { readonly kind: 'release' | 'abort' | 'closed' };

export interface DataSetSending {
  /** Data set bytes in each value. Default 16,376. */
  readonly fragmentBytes?: number;
  /** Values in each PDU. Default 1. */
  readonly valuesPerPdu?: number;
  /** False leaves the data set open: no value is marked as the last. Default true. */
  readonly finish?: boolean;
}

/** How long a read waits before it throws. */
const patienceMs = 10_000;

/**
 * One side of an association at the level of PDUs, with nothing that keeps it from being wrong on
 * purpose: no state machine, no check of what is sent. Independent of the gateway's own upper layer.
 */
export class ScriptedConnection {
  readonly #socket: Socket;
  readonly #pdus: Pdu[] = [];
  #buffered: Buffer = Buffer.alloc(0);
  #values: DataValue[] = [];
  #closed = false;
  #wake: () => void = () => undefined;
  /** Settles when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    // A reset by the peer shows as closed; scripts ask for that.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      const close = (): void => {
        this.#closed = true;
        this.#wake();
        resolve();
      };
      socket.once('end', () => {
        socket.end();
        close();
      });
      socket.once('close', close);
    });
  }

  #take(chunk: Buffer): void {
    let rest = Buffer.concat([this.#buffered, chunk]);
    while (rest.length >= 6 && rest.length >= 6 + rest.readUInt32BE(2)) {
      const end = 6 + rest.readUInt32BE(2);
      this.#pdus.push({ type: rest.readUInt8(0), body: rest.subarray(6, end) });
      rest = rest.subarray(end);
    }
    this.#buffered = rest;
    this.#wake();
  }

  /**
   * The next PDU, or undefined where the connection ended.
   * @throws Error where neither came within ten seconds
   */
  async readPdu(): Promise<Pdu | undefined> {
    const limit = AbortSignal.timeout(patienceMs);
    while (this.#pdus.length === 0 && !this.#closed) {
      if (limit.aborted) throw new Error(`The peer sent no PDU within ${patienceMs} ms.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        limit.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return this.#pdus.shift();
  }

  /** The next message in full, or what came instead. */
  async read(): Promise<Incoming> {
    let pduCount = 0;
    let command: Command | undefined;
    const commandParts: Buffer[] = [];
    const dataParts: Buffer[] = [];
    for (;;) {
      const value = this.#values.shift();
      if (value === undefined) {
        const pdu = await this.readPdu();
        if (pdu === undefined) return { kind: 'closed' };
        if (pdu.type === pduTypes.releaseRequest) return { kind: 'release' };
        if (pdu.type !== pduTypes.data) return { kind: 'abort' };
        this.#values = decodeData(pdu.body);
        pduCount += 1;
        continue;
      }
      (value.isCommand ? commandParts : dataParts).push(value.bytes);
      if (!value.isLast) continue;
      if (value.isCommand) command = decodeCommand(Buffer.concat(commandParts));
      const complete = !value.isCommand || command?.CommandDataSetType === noDataSet;
      if (!complete || command === undefined) continue;
      const dataSet = value.isCommand ? undefined : Buffer.concat(dataParts);
      return { kind: 'message', contextId: value.contextId, command, dataSet, pduCount };
    }
  }

  /**
   * The next message.
   * @throws Error where something else came
   */
  async readMessage(): Promise<Message> {
    const incoming = await this.read();
    if (incoming.kind !== 'message') throw new Error(`Expected a message, but the peer: ${incoming.kind}.`);
    return incoming;
  }

  /** Writes bytes as they are; resolves once the kernel has taken them or the connection is gone. */
  async sendRaw(bytes: Buffer): Promise<void> {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    if (!this.#socket.write(bytes)) await Promise.race([once(this.#socket, 'drain'), this.closed]);
  }

  sendPdu(pdu: Pdu): Promise<void> {
    return this.sendRaw(encodePdu(pdu));
  }

  sendData(values: readonly DataValue[]): Promise<void> {
    return this.sendRaw(encodeData(values));
  }

  sendCommand(contextId: number, command: Command): Promise<void> {
    return this.sendData([{ contextId, isCommand: true, isLast: true, bytes: encodeCommand(command) }]);
  }

  async sendDataSet(contextId: number, bytes: Buffer, sending: DataSetSending = {}): Promise<void> {
    const { fragmentBytes = 16_376, valuesPerPdu = 1, finish = true } = sending;
    const count = Math.max(1, Math.ceil(bytes.length / fragmentBytes));
    const values = Array.from({ length: count }, (_, index) => ({
      contextId,
      isCommand: false,
      isLast: finish && index === count - 1,
      bytes: bytes.subarray(index * fragmentBytes, (index + 1) * fragmentBytes),
    }));
    for (let index = 0; index < count; index += valuesPerPdu) {
      await this.sendData(values.slice(index, index + valuesPerPdu));
    }
  }

  /** A-RELEASE-RP, the answer to a wish to release. */
  acknowledgeRelease(): Promise<void> {
    return this.sendPdu({ type: pduTypes.releaseResponse, body: Buffer.alloc(4) });
  }

  /** A-ABORT (PS3.8 section 9.3.8), then the end of the connection. */
  async abort(source = 0, reason = 0): Promise<void> {
    await this.sendPdu({ type: pduTypes.abort, body: Buffer.from([0, 0, source, reason]) });
    this.end();
  }

  /** Closes in order (FIN). */
  end(): void {
    this.#socket.end();
  }

  /**
   * Breaks the connection (RST), or just closes it where it is ending already: Node never closes a
   * socket that is reset while it shuts down, and then hangs when the process ends.
   */
  reset(): void {
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Stops reading, so that the peer's data piles up, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
