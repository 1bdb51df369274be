import type { Socket } from 'node:net';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import { type CommandSet, encodeCommandSet } from './command-set.ts';
import { MessageAssembler, type MessageListener } from './message-assembler.ts';
import {
  AbortReason,
  AbortSource,
  PduType,
  abortPdu,
  pdvHeaderLength,
  releaseRpPdu,
  releaseRqPdu,
} from './pdu.ts';
import { PduDecoder } from './pdu-decoder.ts';
import { encodeDataPdus } from './data-pdu.ts';
import type { QuickAck } from './quick-ack.ts';

/** What an upper layer tells its owner, beside the messages. */
export interface UpperLayerListener extends MessageListener {
  /** A-ASSOCIATE-RQ, -AC or -RJ; the owner knows which of them it waits for. */
  associate(type: number, body: Buffer): void;
  /** Called once. `reason` is undefined after an orderly release. */
  closed(reason: BrokerError | undefined): void;
}

export interface UpperLayerOptions {
  /** Largest P-DATA-TF variable part that is announced to the peer, in bytes. */
  readonly maxPduLength: number;
  /** Silence in the middle of a message after which the association is aborted, in milliseconds. */
  readonly transferTimeoutMs: number;
  /** Largest data set that is collected in memory (an identifier), in bytes. */
  readonly maxIdentifierLength: number;
  readonly quickAck: QuickAck | undefined;
}

/** How long a peer may take to close its side after a release, a rejection or an abort (ARTIM, PS3.8 section 9.1.5). */
const artimMs = 5_000;
/**
 * Peers that announce no limit, or ignore ours, send PDUs longer than was agreed. They cost no memory
 * here, so they are let through up to this size; a length beyond it is an attack or a lost frame.
 */
const toleratedPduLength = 16 * 1024 * 1024;

/**
 * The DICOM upper layer over one socket (PS3.8 section 9.2): bytes in, messages out, and back.
 * It neither negotiates nor knows any service; a requestor and an acceptor are built on it.
 */
export class UpperLayer {
  readonly #socket: Socket;
  readonly #listener: UpperLayerListener;
  readonly #decoder: PduDecoder;
  readonly #assembler: MessageAssembler;
  #state: 'open' | 'releasing' | 'closing' | 'closed' = 'open';
  #reason: BrokerError | undefined;
  #artim: NodeJS.Timeout | undefined;
  #paused = false;
  /** Largest P-DATA-TF variable part that the peer takes, in bytes. */
  peerMaxPduLength = 16_384;

  constructor(socket: Socket, listener: UpperLayerListener, options: UpperLayerOptions) {
    this.#socket = socket;
    this.#listener = listener;
    this.#assembler = new MessageAssembler(listener, options.maxIdentifierLength);
    this.#decoder = new PduDecoder(
      {
        pdu: (type, body) => {
          this.#pdu(type, body);
        },
        fragment: (contextId, control, bytes, ends) => {
          if (this.#state === 'open') this.#assembler.fragment(contextId, control, bytes, ends);
        },
      },
      Math.max(options.maxPduLength, toleratedPduLength),
    );
    socket.setNoDelay(true);
    // The socket's own timer watches for silence; whether silence is wrong depends on the state.
    socket.setTimeout(options.transferTimeoutMs, () => {
      this.#silent(options.transferTimeoutMs);
    });
    socket.on('data', (chunk: Buffer) => {
      options.quickAck?.acknowledge(socket);
      this.#receive(chunk);
    });
    socket.on('error', (error) => {
      this.#reason ??= lost(error);
    });
    socket.on('close', () => {
      this.#finish();
    });
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** True in the middle of a message or PDU of the peer's. */
  get isReceiving(): boolean {
    return this.#assembler.insideMessage || this.#decoder.insidePdu;
  }

  /** Bytes that wait in the socket for the peer to take them. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Sends an association PDU as it is. */
  sendPdu(pdu: Buffer): void {
    if (this.#state === 'open') this.#socket.write(pdu);
  }

  /**
   * Sends a message. A data set that is in memory leaves in the same write as its command: a second
   * small write would wait for the peer's delayed acknowledgement.
   * @returns false where the caller should await `drained` before it sends more
   */
  sendMessage(contextId: number, command: CommandSet, dataSet?: Buffer): boolean {
    if (this.#state !== 'open') return true;
    const pdus = encodeDataPdus(contextId, 'command', encodeCommandSet(command), this.#fragmentLength);
    if (dataSet !== undefined)
      pdus.push(...encodeDataPdus(contextId, 'data set', dataSet, this.#fragmentLength));
    return this.#socket.write(Buffer.concat(pdus));
  }

  /** Sends one more piece of a data set; `last` ends it. */
  sendDataSetPart(contextId: number, bytes: Buffer, last: boolean): boolean {
    if (this.#state !== 'open') return true;
    let accepted = true;
    this.#socket.cork();
    for (const pdu of encodeDataPdus(contextId, 'data set', bytes, this.#fragmentLength, last)) {
      accepted = this.#socket.write(pdu);
    }
    this.#socket.uncork();
    return accepted;
  }

  /** Settles when the socket takes more, or is closed. */
  drained(): Promise<void> {
    if (this.#state !== 'open' || !this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#socket.off('drain', settle);
        this.#socket.off('close', settle);
        resolve();
      };
      this.#socket.on('drain', settle);
      this.#socket.on('close', settle);
    });
  }

  /** Stops reading from the socket: TCP's window then slows the peer. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** Ends the association in order: A-RELEASE-RQ, then the peer's answer or a limit. */
  release(): void {
    if (this.#state !== 'open') return;
    this.#state = 'releasing';
    this.resume();
    this.#socket.write(releaseRqPdu());
    this.#startArtim();
  }

  /** Sends `lastPdu` and closes; `reason` is what the listener is told. */
  close(lastPdu: Buffer, reason: BrokerError | undefined): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    this.#reason ??= reason;
    this.#assembler.abort(reason ?? lost());
    this.resume();
    this.#socket.end(lastPdu);
    this.#startArtim();
  }

  /** Breaks the association off with A-ABORT (PS3.8 section 9.3.8). */
  abort(reason: BrokerError, pduReason: number = AbortReason.notSpecified): void {
    const source = pduReason === AbortReason.notSpecified ? AbortSource.user : AbortSource.provider;
    this.close(abortPdu(source, pduReason), reason);
  }

  /** Closes the socket at once, without a word. */
  destroy(reason: BrokerError): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  get #fragmentLength(): number {
    const announced = this.peerMaxPduLength === 0 ? 131_072 : this.peerMaxPduLength;
    return Math.max(1_024, Math.min(announced, 1_048_576)) - pdvHeaderLength;
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      this.abort(toBrokerError(error), AbortReason.invalidParameter);
    }
  }

  #pdu(type: number, body: Buffer): void {
    switch (type) {
      case PduType.releaseRq:
        this.close(releaseRpPdu(), undefined);
        return;
      case PduType.releaseRp:
        if (this.#state !== 'releasing') throw unexpected('an A-RELEASE-RP that nothing asked for');
        this.#state = 'closing';
        this.#socket.end();
        return;
      case PduType.abort:
        this.#reason ??= aborted(body);
        this.#socket.destroy();
        return;
      default:
        this.#listener.associate(type, body);
    }
  }

  #silent(timeoutMs: number): void {
    if (this.#paused || (!this.isReceiving && this.#socket.writableLength === 0)) return;
    const what = this.isReceiving ? 'sent nothing more in the middle of a message' : 'took no more data';
    this.abort(new BrokerError('archive-timeout', `The peer ${what} for ${timeoutMs / 1000} s.`));
  }

  #startArtim(): void {
    this.#artim ??= setTimeout(() => {
      this.#socket.destroy();
    }, artimMs);
  }

  #finish(): void {
    clearTimeout(this.#artim);
    if (this.#state === 'closed') return;
    const orderly = this.#state === 'closing' || this.#state === 'releasing';
    this.#state = 'closed';
    const reason = this.#reason ?? (orderly ? undefined : lost());
    this.#assembler.abort(reason ?? lost());
    this.#listener.closed(reason);
  }
}

function lost(cause?: Error): BrokerError {
  const why =
    cause === undefined ? 'The peer closed the connection.' : `The connection broke: ${cause.message}.`;
  return new BrokerError('association-aborted', why, { cause });
}

function aborted(body: Buffer): BrokerError {
  const by = body[2] === AbortSource.provider ? 'its DICOM service provider' : 'its application';
  return new BrokerError(
    'association-aborted',
    `The peer aborted the association (${by}, reason ${body[3] ?? 0}).`,
  );
}

function unexpected(what: string): BrokerError {
  return new BrokerError('association-aborted', `The peer sent ${what}.`);
}
