import { BrokerError } from '../domain/errors.ts';
import type { Vr } from '../domain/vr.ts';
import type { ElementHandler, ElementStart, Layout } from './element-handler.ts';
import { undefinedLength } from './element-handler.ts';
import { ElementHeader, layoutOfFirstElement, longestHeader } from './element-header.ts';
import type { ScanFrame } from './scan-frame.ts';
import { describeFrame, describeTag, isEncapsulated } from './scan-frame.ts';

/** Sequences within sequences that are followed; real data sets have fewer than ten. */
const greatestDepth = 128;

/** From here on are no elements: items and delimiters have group FFFE, and FFFF is not used. */
const delimiterTags = 0xfffe0000;
const item = 0xfffee000;
const itemDelimitation = 0xfffee00d;
const sequenceDelimitation = 0xfffee0dd;

/** How a scan ended. */
export interface ScanEnd {
  /** Every element, item and sequence that began has also ended. */
  readonly complete: boolean;
  /** What is missing, where the scan is not complete. */
  readonly problem?: string;
}

/**
 * Splits the bytes of a data set (PS3.5 section 7) into elements as they come, in chunks of any
 * size, and tells a handler. Holds no more than one header and one small record per open sequence,
 * whatever the data set's size; values that nobody asks for are passed over without a look at them.
 *
 * Stray delimiters, values of an odd length, unknown VRs, items that claim to be longer than their sequence,
 * zeros after the last element, and an implicit layout declared as explicit or the other way round are
 * taken as they come.
 */
export class ElementScanner {
  readonly #handler: ElementHandler;
  readonly #vrOf: (tag: number) => Vr | undefined;
  readonly #header: ElementHeader;
  readonly #frames: ScanFrame[] = [];
  #frame: ScanFrame;
  #depth = 0;
  /** Byte of the data set that comes next. */
  #offset = 0;
  /** Bytes of the current value that are still to come. */
  #remaining = 0;
  #wanted = false;
  #inPadding = false;
  #stopped = false;
  /** The bytes of a header that chunks cut apart. */
  readonly #cut = new DataView(new ArrayBuffer(longestHeader));
  #cutLength = 0;

  /**
   * @param layout what the transfer syntax says; the data set must not be deflated any more
   * @param vrOf VR by tag number, for an implicit layout: without it, sequences of defined length
   *   are values there
   */
  constructor(
    layout: Layout,
    handler: ElementHandler,
    vrOf: (tag: number) => Vr | undefined = () => undefined,
  ) {
    this.#handler = handler;
    this.#vrOf = vrOf;
    this.#frame = { kind: 'dataSet', end: Infinity, layout, tag: 0 };
    this.#header = new ElementHeader(layout);
  }

  /**
   * Scans the next bytes.
   * @throws BrokerError `malformed-data-set` where they cannot be split into elements, after which
   *   the scanner is of no more use
   */
  push(chunk: Uint8Array): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#remaining > 0) at += this.#takeValue(chunk, at);
      else if (this.#inPadding) at += this.#takePadding(chunk, at);
      else at += this.#takeHeader(view, at);
    }
  }

  /** Scans no further; nothing is reported any more, also of the bytes that have been pushed. */
  stop(): void {
    this.#stopped = true;
  }

  /** To be called after the last bytes: reports what ends with them. */
  end(): ScanEnd {
    if (this.#stopped) return { complete: false, problem: 'The scan was stopped before the end.' };
    this.#closeEnded();
    const problem = this.#whatIsMissing();
    return problem === undefined ? { complete: true } : { complete: false, problem };
  }

  #whatIsMissing(): string | undefined {
    const where = `the data set ends at byte ${this.#offset}`;
    if (this.#remaining > 0) return `${where}, ${this.#remaining} bytes before its last value does`;
    if (this.#frame.kind !== 'dataSet') return `${where}, inside ${describeFrame(this.#frame)}`;
    for (let at = 0; at < this.#cutLength; at++) {
      if (this.#cut.getUint8(at) !== 0) return `${where}, inside the header of an element`;
    }
    return undefined;
  }

  #takeValue(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#remaining, chunk.length - at);
    this.#remaining -= taken;
    this.#offset += taken;
    if (this.#wanted) {
      this.#handler.value?.(chunk.subarray(at, at + taken));
      if (this.#remaining === 0) this.#handler.valueEnd?.();
    }
    return taken;
  }

  /** Zeros after the last element are padding; anything else there would be lost by calling it so. */
  #takePadding(chunk: Uint8Array, at: number): number {
    for (let next = at; next < chunk.length; next++) {
      if (chunk[next] !== 0) this.#fail('there are other bytes after zeros that looked like padding');
    }
    this.#offset += chunk.length - at;
    return chunk.length - at;
  }

  #takeHeader(view: DataView, at: number): number {
    this.#closeEnded();
    if (this.#offset === 0 && view.byteLength - at >= 8) this.#header.layout = this.#adopt(view, at);
    if (this.#cutLength === 0 && this.#header.read(view, at, view.byteLength)) {
      this.#offset += this.#header.size;
      this.#open();
      return this.#header.size;
    }
    this.#cut.setUint8(this.#cutLength, view.getUint8(at));
    this.#cutLength++;
    this.#offset++;
    if (this.#offset === 8) this.#header.layout = this.#adopt(this.#cut, 0);
    if (this.#header.read(this.#cut, 0, this.#cutLength)) {
      this.#cutLength = 0;
      this.#open();
    }
    return 1;
  }

  /** Settles the layout of the whole data set by its first header. */
  #adopt(view: DataView, at: number): Layout {
    const layout = layoutOfFirstElement(view, at, this.#frame.layout);
    this.#frame = { ...this.#frame, layout };
    return layout;
  }

  /** Handles the header that has just been read. */
  #open(): void {
    const { tag } = this.#header;
    if (this.#offset > this.#frame.end)
      this.#fail(`the header of ${describeTag(tag)} crosses the end of ${describeFrame(this.#frame)}`);
    if (tag === itemDelimitation || tag === sequenceDelimitation) this.#delimit(tag);
    else if (this.#frame.kind === 'sequence') this.#openItem();
    else if (this.#frame.kind === 'pixelData') this.#openFragment();
    else this.#openElement();
  }

  #openElement(): void {
    const { tag, length, size } = this.#header;
    if (tag >= delimiterTags) {
      this.#fail(`${describeTag(tag)} stands in ${describeFrame(this.#frame)}, where only elements may`);
    }
    const { layout } = this.#frame;
    const vr = layout.explicitVr ? this.#header.vr : this.#vrOf(tag);
    const offset = this.#offset - size;
    if (tag === 0 && length === 0 && this.#depth === 0 && offset > 0) {
      this.#inPadding = true;
      return;
    }
    const element = { tag, vr, length, offset, valueOffset: this.#offset, depth: this.#depth, layout };
    if (length === undefinedLength && isEncapsulated(element)) this.#openPixelData(element);
    else if (length === undefinedLength || vr === 'SQ') this.#openSequence(element);
    else this.#openValue(length, this.#handler.element(element));
  }

  #openValue(length: number, wanted: boolean): void {
    if (this.#offset + length > this.#frame.end) {
      this.#fail(
        `${describeTag(this.#header.tag)} is longer than ${describeFrame(this.#frame)}, which it is part of`,
      );
    }
    this.#remaining = length;
    this.#wanted = wanted;
    if (wanted && length === 0) this.#handler.valueEnd?.();
  }

  #openSequence(element: ElementStart): void {
    const { tag, length } = element;
    const follow = this.#handler.sequenceStart?.(element) ?? true;
    if (!follow && length !== undefinedLength) {
      this.#openValue(length, false);
      return;
    }
    if (this.#depth >= greatestDepth) this.#fail(`sequences are nested more than ${greatestDepth} deep`);
    // PS3.5 section 6.2.2 note 2: what was made UN of undefined length is Implicit VR Little Endian.
    const layout = element.vr === 'UN' ? { explicitVr: false, bigEndian: false } : element.layout;
    this.#enter({ kind: 'sequence', end: this.#endOf(length), layout, tag });
  }

  #openItem(): void {
    const { tag, length, size } = this.#header;
    if (tag !== item)
      this.#fail(`${describeTag(tag)} stands between the items of ${describeFrame(this.#frame)}`);
    this.#handler.itemStart?.({ offset: this.#offset - size, length });
    this.#depth++;
    const { layout } = this.#frame;
    this.#enter({ kind: 'item', end: this.#endOf(length), layout, tag: this.#frame.tag });
  }

  #openPixelData(element: ElementStart): void {
    this.#handler.pixelDataStart?.(element);
    this.#enter({ kind: 'pixelData', end: Infinity, layout: element.layout, tag: element.tag });
  }

  #openFragment(): void {
    const { tag, length, size } = this.#header;
    if (tag !== item || length === undefinedLength) {
      this.#fail(
        `${describeTag(tag)} of length ${length} stands where a fragment is expected, in ${describeFrame(this.#frame)}`,
      );
    }
    this.#openValue(length, this.#handler.fragment?.({ offset: this.#offset - size, length }) ?? false);
  }

  /** Ends what the delimiter ends; one that ends nothing is passed over. */
  #delimit(tag: number): void {
    const { kind, end } = this.#frame;
    if (end !== Infinity || kind === 'dataSet') return;
    if (tag === itemDelimitation) {
      if (kind === 'item') this.#leave();
      return;
    }
    // A sequence's delimiter in an item: the item's own has been left out.
    if (kind === 'item' && this.#frames.at(-1)?.end === Infinity) this.#leave();
    if (this.#frame.kind !== 'item') this.#leave();
  }

  /** The byte after a sequence or item of that length, which cannot be longer than what is around it. */
  #endOf(length: number): number {
    return length === undefinedLength ? Infinity : Math.min(this.#offset + length, this.#frame.end);
  }

  #closeEnded(): void {
    while (this.#offset === this.#frame.end && this.#cutLength === 0) this.#leave();
  }

  #enter(frame: ScanFrame): void {
    this.#frames.push(this.#frame);
    this.#frame = frame;
    this.#header.layout = frame.layout;
  }

  #leave(): void {
    const { kind } = this.#frame;
    this.#frame = this.#frames.pop() as ScanFrame;
    this.#header.layout = this.#frame.layout;
    if (kind === 'item') {
      this.#depth--;
      this.#handler.itemEnd?.();
    } else if (kind === 'sequence') {
      this.#handler.sequenceEnd?.();
    } else {
      this.#handler.pixelDataEnd?.();
    }
  }

  #fail(what: string): never {
    throw new BrokerError(
      'malformed-data-set',
      `The data set cannot be read at byte ${this.#offset}: ${what}.`,
    );
  }
}
