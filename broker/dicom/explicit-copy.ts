import { BrokerError } from '../domain/errors.ts';
import type { Vr } from '../domain/vr.ts';
import { hasLongLength } from '../domain/vr.ts';
import { type DataSetEdits, EditCursor, type EditedValue } from './data-set-edits.ts';
import type { ElementHandler, ElementStart } from './element-handler.ts';
import { undefinedLength } from './element-handler.ts';
import type { ExplicitWriter } from './explicit-writer.ts';
import { describeTag } from './scan-frame.ts';
import { ValueWriter } from './value-writer.ts';
import { vrInContext } from './vr-in-context.ts';

const item = 0xfffee000;
const itemDelimitation = 0xfffee00d;
const sequenceDelimitation = 0xfffee0dd;
const pixelRepresentation = 0x00280103;
const pixelData = 0x7fe00010;

export interface CopyChanges {
  readonly edits: DataSetEdits;
  /** Called where the pixel data of the image stands, which is left out: what it writes takes its place. */
  readonly pixelData: () => void;
}

/** Writes what a scanner reports in Explicit VR Little Endian. */
export class ExplicitCopy implements ElementHandler {
  readonly #writer: ExplicitWriter;
  readonly #value: ValueWriter;
  readonly #cursor: EditCursor | undefined;
  readonly #pixelData: (() => void) | undefined;
  /** Pixel Representation says signed: for the data set, then for each item that is open. */
  readonly #signed = [false];
  /** Byte of the value of Pixel Representation that its number is in; undefined in other values. */
  #signAt: number | undefined;

  constructor(writer: ExplicitWriter, changes?: CopyChanges) {
    this.#writer = writer;
    this.#value = new ValueWriter(writer);
    this.#cursor = changes && new EditCursor(changes.edits);
    this.#pixelData = changes?.pixelData;
  }

  element(element: ElementStart): boolean {
    const { tag, layout } = element;
    // Group lengths, which are retired, would be wrong: the elements that they count change in size.
    if ((tag & 0xffff) === 0 && tag >>> 16 !== 0x0002) return false;
    if (this.#isReplaced(element)) return false;
    const vr = vrInContext(element, this.#isSigned());
    this.#header(tag, vr, element.length + (element.length % 2));
    this.#value.begin(element, vr);
    this.#signAt = tag === pixelRepresentation ? Number(layout.bigEndian) : undefined;
    return true;
  }

  value(bytes: Uint8Array): void {
    if (this.#signAt !== undefined) this.#readSign(bytes, this.#signAt);
    this.#value.write(bytes);
  }

  valueEnd(): void {
    this.#value.end();
  }

  sequenceStart({ tag }: ElementStart): boolean {
    this.#writeEdits(this.#cursor?.takeBefore(tag));
    this.#cursor?.sequenceStart(tag);
    this.#writer.elementHeader(tag, 'SQ', undefinedLength);
    return true;
  }

  itemStart(): void {
    this.#cursor?.itemStart();
    this.#writer.delimiter(item, undefinedLength);
    this.#signed.push(this.#isSigned());
  }

  itemEnd(): void {
    this.end();
    this.#cursor?.itemEnd();
    this.#signed.pop();
    this.#writer.delimiter(itemDelimitation, 0);
  }

  sequenceEnd(): void {
    this.#cursor?.sequenceEnd();
    this.#writer.delimiter(sequenceDelimitation, 0);
  }

  /** Fragments are not asked for: they are left out. */
  pixelDataStart(element: ElementStart): void {
    if (this.#isReplaced(element)) return;
    throw new BrokerError(
      'malformed-data-set',
      `The data set cannot be converted: ${describeTag(element.tag)} is in fragments where it may not be.`,
    );
  }

  /** Writes what is still to be added to the level that ends: to the data set, after the last element. */
  end(): void {
    this.#writeEdits(this.#cursor?.takeBefore());
  }

  /** True where something else has been written in place of the element, or nothing. */
  #isReplaced({ tag, depth }: ElementStart): boolean {
    if (this.#cursor === undefined) return false;
    this.#writeEdits(this.#cursor.takeBefore(tag));
    if (tag === pixelData && depth === 0) {
      this.#pixelData?.();
      return true;
    }
    const edit = this.#cursor.take(tag);
    if (edit === null) return false;
    if (edit !== undefined) this.#writeEdits([[tag, edit]]);
    return true;
  }

  #writeEdits(edits: readonly (readonly [number, EditedValue])[] = []): void {
    for (const [tag, { vr, bytes }] of edits) {
      this.#header(tag, vr, bytes.length);
      this.#writer.bytes(bytes);
    }
  }

  /** PS3.5 section 6.2.2 note 1: UN where the VR's length field has too few bytes. */
  #header(tag: number, vr: Vr, length: number): void {
    const fits = length <= 0xffff || hasLongLength(vr);
    this.#writer.elementHeader(tag, fits ? vr : 'UN', length);
  }

  #isSigned(): boolean {
    return this.#signed.at(-1) === true;
  }

  /** The number may be cut from the first bytes of its value: counts down to it. */
  #readSign(bytes: Uint8Array, at: number): void {
    const byte = bytes[at];
    if (byte !== undefined) this.#signed[this.#signed.length - 1] = byte === 1;
    this.#signAt = byte === undefined ? at - bytes.length : undefined;
  }
}
