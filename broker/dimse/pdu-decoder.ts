import { BrokerError } from '../domain/errors.ts';
import { PduType, pduHeaderLength, pdvHeaderLength } from './pdu.ts';

/** What a decoder tells its owner. Byte slices are views into the chunk that was pushed. */
export interface PduListener {
  /** A whole PDU other than P-DATA-TF; `body` is its variable part. */
  pdu(type: number, body: Buffer): void;
  /**
   * A piece of a presentation data value: any number of bytes of one fragment.
   * @param control the message control header: bit 0 command, bit 1 last fragment (PS3.8 annex E.2)
   * @param ends true where this piece is the end of its fragment
   */
  fragment(contextId: number, control: number, bytes: Buffer, ends: boolean): void;
}

/**
 * Largest variable part of a PDU other than P-DATA-TF. An A-ASSOCIATE-RQ with 128 presentation
 * contexts of every transfer syntax stays below 256 KiB.
 */
const maxControlPduLength = 256 * 1024;

/**
 * Splits a byte stream into PDUs (PS3.8 section 9.3). Fragments of P-DATA-TF are handed on as they
 * arrive, so that no PDU is ever collected or copied; memory stays the same whatever a peer announces.
 */
export class PduDecoder {
  readonly #listener: PduListener;
  readonly #maxDataPduLength: number;
  readonly #header = Buffer.alloc(pduHeaderLength);
  #headerLength = 0;
  #type = 0;
  /** Bytes of the current PDU's variable part that have not been read. */
  #pduLeft = 0;
  #body: Buffer | undefined;
  #bodyLength = 0;
  #insideFragment = false;
  #fragmentLeft = 0;
  #contextId = 0;
  #control = 0;

  /** @param maxDataPduLength largest variable part of a P-DATA-TF PDU that is tolerated, in bytes */
  constructor(listener: PduListener, maxDataPduLength: number) {
    this.#listener = listener;
    this.#maxDataPduLength = maxDataPduLength;
  }

  /** True where the bytes so far end in the middle of a PDU. */
  get insidePdu(): boolean {
    return this.#headerLength > 0 || this.#pduLeft > 0;
  }

  /**
   * @throws BrokerError `association-aborted` where the bytes are no PDU or exceed a limit; the
   * stream cannot be read on after that
   */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#pduLeft === 0) offset = this.#readPduHeader(chunk, offset);
      else if (this.#type === PduType.data) offset = this.#readData(chunk, offset);
      else offset = this.#readBody(chunk, offset);
    }
  }

  #readPduHeader(chunk: Buffer, offset: number): number {
    const end = this.#fillHeader(chunk, offset, pduHeaderLength);
    if (this.#headerLength < pduHeaderLength) return end;
    this.#headerLength = 0;
    this.#type = this.#header[0] ?? 0;
    const length = this.#header.readUInt32BE(2);
    if (this.#type < PduType.associateRq || this.#type > PduType.abort) {
      throw malformed(`a PDU of type 0x${this.#type.toString(16)}, which does not exist`);
    }
    const limit = this.#type === PduType.data ? this.#maxDataPduLength : maxControlPduLength;
    if (length > limit) throw malformed(`a PDU of ${length} bytes, at most ${limit} are allowed`);
    this.#pduLeft = length;
    if (this.#type !== PduType.data) {
      this.#body = Buffer.allocUnsafe(length);
      this.#bodyLength = 0;
      if (length === 0) this.#finishBody();
    }
    return end;
  }

  #fillHeader(chunk: Buffer, offset: number, wanted: number): number {
    const end = Math.min(chunk.length, offset + wanted - this.#headerLength);
    chunk.copy(this.#header, this.#headerLength, offset, end);
    this.#headerLength += end - offset;
    return end;
  }

  #readBody(chunk: Buffer, offset: number): number {
    const body = this.#body;
    if (body === undefined) throw malformed('a PDU without a body');
    const end = Math.min(chunk.length, offset + this.#pduLeft);
    chunk.copy(body, this.#bodyLength, offset, end);
    this.#bodyLength += end - offset;
    this.#pduLeft -= end - offset;
    if (this.#pduLeft === 0) this.#finishBody();
    return end;
  }

  #finishBody(): void {
    const body = this.#body ?? Buffer.alloc(0);
    this.#body = undefined;
    this.#listener.pdu(this.#type, body);
  }

  #readData(chunk: Buffer, offset: number): number {
    if (!this.#insideFragment) return this.#readPdvHeader(chunk, offset);
    const end = Math.min(chunk.length, offset + this.#fragmentLeft);
    this.#fragmentLeft -= end - offset;
    this.#pduLeft -= end - offset;
    const ends = this.#fragmentLeft === 0;
    if (ends) this.#insideFragment = false;
    this.#listener.fragment(this.#contextId, this.#control, chunk.subarray(offset, end), ends);
    return end;
  }

  #readPdvHeader(chunk: Buffer, offset: number): number {
    if (this.#pduLeft + this.#headerLength < pdvHeaderLength) {
      throw malformed('a P-DATA-TF PDU that ends inside the header of a presentation data value');
    }
    const end = this.#fillHeader(chunk, offset, pdvHeaderLength);
    this.#pduLeft -= end - offset;
    if (this.#headerLength < pdvHeaderLength) return end;
    this.#headerLength = 0;
    // The item's length counts the context ID and the control header (PS3.8 section 9.3.5.1).
    const length = this.#header.readUInt32BE(0) - 2;
    if (length < 0 || length > this.#pduLeft) {
      throw malformed('a presentation data value that is longer than its PDU');
    }
    this.#contextId = this.#header[4] ?? 0;
    this.#control = this.#header[5] ?? 0;
    this.#fragmentLeft = length;
    this.#insideFragment = length > 0;
    if (length === 0) this.#listener.fragment(this.#contextId, this.#control, chunk.subarray(end, end), true);
    return end;
  }
}

function malformed(what: string): BrokerError {
  return new BrokerError('association-aborted', `The peer sent ${what}.`);
}
