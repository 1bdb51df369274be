import { vrOf as vrOfDictionary } from '../domain/dictionary.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import type { Encoding } from '../domain/transfer-syntax.ts';
import type { Vr } from '../domain/vr.ts';
import { hasLongLength } from '../domain/vr.ts';
import type { ElementHandler, ElementStart } from './element-handler.ts';
import { undefinedLength } from './element-handler.ts';
import { ElementScanner } from './element-scanner.ts';
import { ExplicitWriter } from './explicit-writer.ts';
import { inflateStream } from './inflate-stream.ts';
import { describeTag } from './scan-frame.ts';
import { ValueWriter } from './value-writer.ts';
import { vrByTagNumber } from './vr-by-tag-number.ts';
import { vrInContext } from './vr-in-context.ts';

const item = 0xfffee000;
const itemDelimitation = 0xfffee00d;
const sequenceDelimitation = 0xfffee0dd;
const pixelRepresentation = 0x00280103;

/** Bytes that are converted at a time, whatever the size of the chunks that come. */
const sliceSize = 64 * 1024;

/** True where a data set of that encoding can be converted: its pixel data is not compressed. */
export function canTranscode(from: Encoding): boolean {
  return !from.encapsulated;
}

/**
 * Converts an uncompressed data set to Explicit VR Little Endian (PS3.5 A.2) while it is being read.
 * Sequences and items come out with undefined length, group lengths are left out, values of an odd
 * length are padded; UN and private values stay as they are. A few hundred KiB of memory suffice for
 * a data set of any size. The source is closed when the caller leaves early.
 * @param vrOf the dictionary, for data sets that do not say their VRs
 * @throws BrokerError `not-acceptable` where the encoding cannot be converted, `malformed-data-set`
 *   where the data set cannot be read or ends too early; what the source throws
 */
export function toExplicitLittleEndian(
  source: AsyncIterable<Uint8Array>,
  from: Encoding,
  vrOf: (tag: Tag) => Vr | undefined = vrOfDictionary,
): AsyncGenerator<Buffer> {
  return toLittleEndian(source, from, { writer: new ExplicitWriter(), vrOf });
}

/** The same to Implicit VR Little Endian (PS3.5 A.1), the default that every application takes. */
export function toImplicitLittleEndian(
  source: AsyncIterable<Uint8Array>,
  from: Encoding,
): AsyncGenerator<Buffer> {
  return toLittleEndian(source, from, {
    writer: new ExplicitWriter({ isImplicit: true }),
    vrOf: vrOfDictionary,
  });
}

async function* toLittleEndian(
  source: AsyncIterable<Uint8Array>,
  from: Encoding,
  { writer, vrOf }: { writer: ExplicitWriter; vrOf: (tag: Tag) => Vr | undefined },
): AsyncGenerator<Buffer> {
  if (!canTranscode(from)) {
    throw new BrokerError('not-acceptable', 'Compressed pixel data cannot be written as Little Endian.');
  }
  const vrByNumber = vrOf === vrOfDictionary ? standardVrs : vrByTagNumber(vrOf);
  const scanner = new ElementScanner(from, new Transcoder(writer), vrByNumber);
  for await (const chunk of from.deflated ? inflateStream(source) : source) {
    for (let at = 0; at < chunk.length; at += sliceSize) {
      scanner.push(chunk.subarray(at, at + sliceSize));
      yield* writer.take(false);
    }
  }
  const { problem } = scanner.end();
  if (problem !== undefined) {
    throw new BrokerError('malformed-data-set', `The data set cannot be converted: ${problem}.`);
  }
  yield* writer.take(true);
}

const standardVrs = vrByTagNumber();

/** Writes what a scanner reports. */
class Transcoder implements ElementHandler {
  readonly #writer: ExplicitWriter;
  readonly #value: ValueWriter;
  /** Pixel Representation says signed: for the data set, then for each item that is open. */
  readonly #signed = [false];
  /** Byte of the value of Pixel Representation that its number is in; undefined in other values. */
  #signAt: number | undefined;

  constructor(writer: ExplicitWriter) {
    this.#writer = writer;
    this.#value = new ValueWriter(writer);
  }

  element(element: ElementStart): boolean {
    const { tag, layout } = element;
    // Group lengths, which are retired, would be wrong: the elements that they count change in size.
    if ((tag & 0xffff) === 0 && tag >>> 16 !== 0x0002) return false;
    const vr = vrInContext(element, this.#isSigned());
    const length = element.length + (element.length % 2);
    // PS3.5 section 6.2.2 note 1: UN where the VR's length field has too few bytes.
    const fits = length <= 0xffff || hasLongLength(vr);
    this.#writer.elementHeader(tag, fits ? vr : 'UN', length);
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
    this.#writer.elementHeader(tag, 'SQ', undefinedLength);
    return true;
  }

  itemStart(): void {
    this.#writer.delimiter(item, undefinedLength);
    this.#signed.push(this.#isSigned());
  }

  itemEnd(): void {
    this.#signed.pop();
    this.#writer.delimiter(itemDelimitation, 0);
  }

  sequenceEnd(): void {
    this.#writer.delimiter(sequenceDelimitation, 0);
  }

  pixelDataStart({ tag }: ElementStart): void {
    throw new BrokerError(
      'malformed-data-set',
      `The data set cannot be converted: ${describeTag(tag)} is in fragments although its transfer syntax is uncompressed.`,
    );
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
