import { BrokerError } from '../../domain/errors.ts';

const nothing = Buffer.alloc(0);

/** The bytes of a message that have come and are not used up yet: a look ahead into a stream of chunks. */
export class BodyWindow {
  readonly #chunks: AsyncIterator<Buffer, unknown, undefined>;
  #bytes: Buffer;
  #ended = false;

  /** @param first bytes that stand before those of the source */
  constructor(source: AsyncIterable<Buffer>, first: Buffer = nothing) {
    this.#chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, unknown, undefined>;
    this.#bytes = first;
  }

  /** What is there now. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Waits for more bytes behind those that are there. @returns false at the end of the message */
  async more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    this.#bytes = this.#bytes.length === 0 ? next.value : Buffer.concat([this.#bytes, next.value]);
    return true;
  }

  /** Uses bytes up. */
  take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = length >= this.#bytes.length ? nothing : this.#bytes.subarray(length);
    return taken;
  }

  /**
   * Uses a line up, with its end (LF, or CR and LF), which is left out of the result. Each byte is looked
   * at once, however small the chunks are that it comes in.
   * @throws BrokerError `bad-request` where the line is longer, or where the message ends in it
   */
  async line(maxLength: number, what: string): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const at = this.#bytes.indexOf(0x0a);
      const piece = this.take(at < 0 ? this.#bytes.length : at + 1);
      pieces.push(piece);
      length += piece.length;
      if (length > maxLength) {
        throw new BrokerError('bad-request', `${what} is longer than the ${maxLength} bytes allowed.`);
      }
      if (at >= 0)
        return Buffer.concat(pieces)
          .toString('utf8')
          .replace(/\r?\n$/, '');
      if (!(await this.more()))
        throw new BrokerError('bad-request', `The body ends within ${what.toLowerCase()}.`);
    }
  }

  /** Uses up all that is still to come. */
  async drain(): Promise<void> {
    do this.take(this.#bytes.length);
    while (await this.more());
  }
}
