import { BrokerError } from '../../domain/errors.ts';
import { BodyWindow } from './body-window.ts';
import { type PartHeaders, readPartHeaders } from './part-headers.ts';

/** A part of a message while it is being read. */
export interface ReadPart {
  /** Counted from 1. */
  readonly number: number;
  readonly headers: PartHeaders;
  /** Its bytes as they come. What is not read of them is passed over when the next part is asked for. */
  readonly body: AsyncGenerator<Buffer, void, undefined>;
}

export interface MultipartLimits {
  readonly maxParts: number;
}

/** What may stand before the first delimiter: nobody needs it. */
const maxPreamble = 64 * 1024;
/** Spaces and tabs between a delimiter and its line end (RFC 2046: transport padding). */
const maxPadding = 256;
/**
 * RFC 2046 section 5.1.1: 1 to 70 characters, the last of which is no space. Longer ones are taken too:
 * those of Orthanc's DICOMweb plugin, up to 1.7, have 73.
 */
const boundaryForm = /^[\w'()+,./:=? -]{0,127}[\w'()+,./:=?-]$/;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hyphen = 0x2d;
const padding: ReadonlySet<number> = new Set([0x20, 0x09]);
const afterClosing: ReadonlySet<number> = new Set([...padding, carriageReturn, lineFeed]);

/**
 * Reads a multipart message (RFC 2046 section 5.1) while it comes, part by part and in the pace in which
 * the parts are read. Memory is a chunk of the source and a delimiter, whatever is sent; the time grows
 * with the length of the message only.
 *
 * A message whose first delimiter ends with LF alone is read with LF for CRLF throughout. In others LF
 * alone ends no delimiter, since it may be a byte of an image.
 */
export class MultipartReader {
  readonly #window: BodyWindow;
  readonly #boundary: string;
  readonly #maxParts: number;
  /** Line end, two hyphens and the boundary. */
  #delimiter: Buffer;
  #isLast = false;
  /** True where the delimiter after the current part has been used up. */
  #isBetween = false;
  /** The line of the last delimiter ended with LF alone. */
  #endsWithLineFeed = false;

  /** @throws BrokerError `bad-request` where the boundary cannot be one */
  constructor(source: AsyncIterable<Buffer>, boundary: string | undefined, { maxParts }: MultipartLimits) {
    if (boundary === undefined || !boundaryForm.test(boundary)) {
      throw new BrokerError(
        'bad-request',
        `The Content-Type names no valid boundary: ${JSON.stringify(boundary?.slice(0, 80) ?? '')}. It is 1 to 128 letters, digits, spaces and '()+_,-./:=? (RFC 2046).`,
      );
    }
    // A delimiter begins with a line end; the first has none where nothing stands before it.
    this.#window = new BodyWindow(source, Buffer.of(lineFeed));
    this.#boundary = boundary;
    this.#delimiter = Buffer.from(`\n--${boundary}`, 'latin1');
    this.#maxParts = maxParts;
  }

  /**
   * The parts, one after the other.
   * @throws BrokerError `bad-request` where the message is malformed or ends too early, `too-large` where
   *   it has too many parts; what the source throws
   */
  async *parts(): AsyncGenerator<ReadPart, void, undefined> {
    await this.#skipPreamble();
    for (let number = 1; !this.#isLast; number++) {
      if (number > this.#maxParts) {
        throw new BrokerError('too-large', `The body has more than the ${this.#maxParts} parts allowed.`);
      }
      const headers = await readPartHeaders(this.#window, number);
      this.#isBetween = false;
      yield { number, headers, body: this.#body(`part ${number}`) };
      // A body that was left early, or never begun, cannot go on: another takes the rest.
      await this.#passOver(this.#rest(`part ${number}`), Infinity);
    }
    await this.#window.drain();
  }

  async *#rest(what: string): AsyncGenerator<Buffer, void, undefined> {
    if (!this.#isBetween) yield* this.#body(what);
  }

  async #skipPreamble(): Promise<void> {
    await this.#passOver(this.#body('its preamble'), maxPreamble);
    if (!this.#endsWithLineFeed) this.#delimiter = Buffer.from(`\r\n--${this.#boundary}`, 'latin1');
  }

  async #passOver(body: AsyncIterable<Buffer>, maxLength: number): Promise<void> {
    let length = 0;
    for await (const piece of body) {
      length += piece.length;
      if (length <= maxLength) continue;
      throw new BrokerError(
        'bad-request',
        `The boundary ${JSON.stringify(this.#boundary)} does not occur in the first ${maxLength} bytes of the body.`,
      );
    }
  }

  /** The bytes up to the next delimiter, which is used up. */
  async *#body(what: string): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = this.#window.bytes.indexOf(this.#delimiter);
      const length = at < 0 ? this.#window.bytes.length - this.#heldBack() : at;
      if (length > 0) yield this.#window.take(length);
      if (at < 0) {
        if (!(await this.#window.more())) throw endsEarly(what);
        continue;
      }
      const end = await this.#delimiterEnd();
      if (end !== undefined) {
        this.#window.take(end);
        this.#isBetween = true;
        return;
      }
      // It only looks like a delimiter: a longer boundary, such as that of a message within.
      yield this.#window.take(this.#delimiter.length);
    }
  }

  /** Bytes at the end of the window that a delimiter could begin with. */
  #heldBack(): number {
    const { bytes } = this.#window;
    const tail = bytes.subarray(Math.max(0, bytes.length - this.#delimiter.length + 1));
    // The first byte of a delimiter occurs in it once: only its last place in the tail can begin one.
    const start = tail.lastIndexOf(this.#delimiter[0]!);
    if (start < 0) return 0;
    const begun = tail.subarray(start);
    return begun.equals(this.#delimiter.subarray(0, begun.length)) ? begun.length : 0;
  }

  /** Where the delimiter at the begin of the window ends, with its line; undefined where it is none. */
  async #delimiterEnd(): Promise<number | undefined> {
    let at = this.#delimiter.length;
    if ((await this.#byteAt(at)) === hyphen && (await this.#byteAt(at + 1)) === hyphen) {
      const next = await this.#byteAt(at + 2);
      this.#isLast = next === undefined || afterClosing.has(next);
      return this.#isLast ? at + 2 : undefined;
    }
    const start = at;
    while (padding.has((await this.#byteAt(at)) ?? lineFeed) && at - start < maxPadding) at += 1;
    const byte = await this.#byteAt(at);
    const isWhole = byte === carriageReturn && (await this.#byteAt(at + 1)) === lineFeed;
    this.#endsWithLineFeed = byte === lineFeed && this.#delimiter[0] === lineFeed;
    if (isWhole) return at + 2;
    return this.#endsWithLineFeed ? at + 1 : undefined;
  }

  async #byteAt(at: number): Promise<number | undefined> {
    while (this.#window.bytes.length <= at) if (!(await this.#window.more())) return undefined;
    return this.#window.bytes[at];
  }
}

function endsEarly(what: string): BrokerError {
  return new BrokerError(
    'bad-request',
    `The body ends within ${what}: the closing boundary is missing, or the upload was cut off.`,
  );
}
