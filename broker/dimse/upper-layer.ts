import type { Socket } from 'node:net';
import { type BrokerError, toBrokerError } from '../domain/errors.ts';
import {
  abortedByPeer,
  lostConnection,
  namingPeer,
  silentPeer,
  unexpectedRelease,
} from './broken-association.ts';
import type { AssociationTrace } from './association-trace.ts';
import { type CommandSet, encodeCommandSet } from './command-set.ts';
import { MessageAssembler, type MessageListener } from './message-assembler.ts';
import { AbortReason, AbortSource, PduType, abortPdu, releaseRpPdu, releaseRqPdu } from './pdu.ts';
import { PduDecoder } from './pdu-decoder.ts';
import { encodeDataPdus } from './data-pdu.ts';
import { fragmentLength } from './fragment-length.ts';
import type { QuickAck } from './quick-ack.ts';
import { ReadFlow } from './read-flow.ts';

/** What an upper layer tells its owner, beside the messages. */
export interface UpperLayerListener extends MessageListener {
  /** A-ASSOCIATE-RQ, -AC or -RJ; the owner knows which of them it waits for. */
  associate(type: number, body: Buffer): void;
  /** Called once. `reason` is undefined after an orderly release. */
  closed(reason: BrokerError | undefined): void;
}

export interface UpperLayerOptions {
  /** Who the peer is, for error texts: MAIN-PACS at 10.1.2.3:104. */
  readonly peer: string;
  /** Largest P-DATA-TF variable part that is announced to the peer, in bytes. */
  readonly maxPduLength: number;
  /** Silence in the middle of a message after which the association is aborted, in milliseconds. */
  readonly transferTimeoutMs: number;
  /** Largest data set that is collected in memory (an identifier), in bytes. */
  readonly maxIdentifierLength: number;
  readonly quickAck: QuickAck | undefined;
  readonly trace?: AssociationTrace | undefined;
}

/** How long a peer may take to close its side after a release, a rejection or an abort (ARTIM, PS3.8 section 9.1.5). */
const artimMs = 5_000;
/**
 * Peers that announce no limit, or ignore ours, send PDUs longer than was agreed. They cost no memory
 * here, so they are let through up to this size; a length beyond it is an attack or a lost frame.
 */
const toleratedPduLength = 16 * 1024 * 1024;
/** Who sends requests but does not read the answers is not read from beyond so many unsent bytes. */
const maxUnsentLength = 256 * 1024;
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
  /** The command of a message whose data set has not begun. */
  #begun: readonly Buffer[] = [];
  readonly #transferTimeoutMs: number;
  readonly #flow: ReadFlow;
  readonly #trace: AssociationTrace | undefined;
  /** Largest P-DATA-TF variable part that the peer takes, in bytes; 0 means any. */
  peerMaxPduLength = 16_384;
  /** Who the peer is, for error texts. */
  peer: string;

  constructor(socket: Socket, listener: UpperLayerListener, options: UpperLayerOptions) {
    this.#socket = socket;
    this.#listener = listener;
    this.#transferTimeoutMs = options.transferTimeoutMs;
    this.#flow = new ReadFlow(socket, options.transferTimeoutMs);
    this.peer = options.peer;
    this.#trace = options.trace;
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
    socket.setTimeout(options.transferTimeoutMs);
    socket.on('timeout', () => {
      this.#silent();
    });
    socket.on('data', (chunk: Buffer) => {
      options.quickAck?.acknowledge(socket);
      this.#receive(chunk);
    });
    socket.on('end', () => {
      // Before the peer has said that it is done, the end of its bytes is the end of everything.
      if (this.#state === 'open' || this.#state === 'releasing') socket.destroy();
    });
    socket.on('error', (error) => {
      this.#reason ??= lostConnection(this.peer, error);
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

  /** Sends an association PDU as it is. */
  sendPdu(pdu: Buffer): void {
    if (this.#state === 'open') this.#socket.write(pdu);
  }

  /**
   * Sends a message. A data set that is in memory leaves in the same write as its command: a second
   * small write would wait for the peer's delayed acknowledgement.
   */
  sendMessage(contextId: number, command: CommandSet, dataSet?: Buffer): void {
    if (this.#state !== 'open') return;
    this.#trace?.message('sent', command, dataSet?.length);
    const pdus = encodeDataPdus(contextId, 'command', encodeCommandSet(command), this.#fragmentLength);
    if (dataSet !== undefined)
      pdus.push(...encodeDataPdus(contextId, 'data set', dataSet, this.#fragmentLength));
    this.#socket.write(Buffer.concat(pdus));
    if (this.#socket.writableLength > maxUnsentLength) this.#flow.choke();
  }

  /** Begins a message whose data set comes in pieces: the command leaves together with the first of them. */
  beginMessage(contextId: number, command: CommandSet): void {
    if (this.#state !== 'open') return;
    this.#trace?.message('sent', command, undefined);
    this.#begun = encodeDataPdus(contextId, 'command', encodeCommandSet(command), this.#fragmentLength);
  }

  /**
   * Sends one more piece of a data set; `last` ends it.
   * @returns false where the caller should await `drained` before it sends more
   */
  sendDataSetPart(contextId: number, bytes: Buffer, last: boolean): boolean {
    if (this.#state !== 'open') return true;
    let accepted = true;
    this.#socket.cork();
    for (const pdu of this.#begun) this.#socket.write(pdu);
    this.#begun = [];
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
    this.#flow.pause();
  }

  resume(): void {
    this.#flow.resume();
  }

  /** Ends the association in order: A-RELEASE-RQ, then the peer's answer or a limit. */
  release(): void {
    if (this.#state !== 'open') return;
    this.#state = 'releasing';
    this.#trace?.ending('sent', 'A-RELEASE-RQ', '');
    this.#flow.discard();
    this.#socket.write(releaseRqPdu());
    this.#startArtim();
  }

  /** Sends `lastPdu` and closes; `reason` is what the listener is told. */
  close(lastPdu: Buffer, reason: BrokerError | undefined): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    if (reason !== undefined) this.#reason ??= namingPeer(reason, this.peer);
    this.#assembler.abort(this.#reason ?? lostConnection(this.peer));
    this.#flow.discard();
    this.#socket.end(lastPdu);
    this.#startArtim();
  }

  /** Breaks the association off with A-ABORT (PS3.8 section 9.3.8). */
  abort(reason: BrokerError, pduReason: number = AbortReason.notSpecified): void {
    const source = pduReason === AbortReason.notSpecified ? AbortSource.user : AbortSource.provider;
    if (this.#state === 'open' || this.#state === 'releasing') {
      this.#trace?.ending('sent', 'A-ABORT', reason.message);
    }
    this.close(abortPdu(source, pduReason), reason);
  }

  /** Closes the socket at once, without a word. */
  destroy(reason: BrokerError): void {
    this.#reason ??= namingPeer(reason, this.peer);
    if (this.#state !== 'closed') this.#state = 'closing';
    this.#socket.destroy();
  }

  get #fragmentLength(): number {
    return fragmentLength(this.peerMaxPduLength);
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
    if (this.#state === 'closing' || this.#state === 'closed') return;
    switch (type) {
      case PduType.releaseRq:
        this.#trace?.ending('received', 'A-RELEASE-RQ', '');
        this.#trace?.ending('sent', 'A-RELEASE-RP', '');
        this.close(releaseRpPdu(), undefined);
        return;
      case PduType.releaseRp:
        this.#trace?.ending('received', 'A-RELEASE-RP', '');
        if (this.#state !== 'releasing') throw unexpectedRelease();
        this.#state = 'closing';
        this.#socket.end();
        return;
      case PduType.abort: {
        const reason = abortedByPeer(body);
        this.#trace?.ending('received', 'A-ABORT', reason.message);
        this.destroy(reason);
        return;
      }
      default:
        this.#listener.associate(type, body);
    }
  }

  #silent(): void {
    if (this.#flow.isPaused) return;
    // An A-ABORT would only wait behind the rest.
    if (this.#socket.writableLength > 0)
      this.destroy(silentPeer('took no more data', this.#transferTimeoutMs));
    else if (this.isReceiving) {
      this.abort(silentPeer('sent nothing more in the middle of a message', this.#transferTimeoutMs));
    }
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
    const reason = this.#reason ?? (orderly ? undefined : lostConnection(this.peer));
    this.#assembler.abort(reason ?? lostConnection(this.peer));
    this.#trace?.closed(reason);
    this.#listener.closed(reason);
  }
}
