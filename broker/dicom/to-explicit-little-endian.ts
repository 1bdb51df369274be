import { vrOf as vrOfDictionary } from '../domain/dictionary.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import type { Encoding } from '../domain/transfer-syntax.ts';
import type { Vr } from '../domain/vr.ts';
import { ElementScanner } from './element-scanner.ts';
import { ExplicitCopy } from './explicit-copy.ts';
import { ExplicitWriter } from './explicit-writer.ts';
import { inflateStream } from './inflate-stream.ts';
import { vrByTagNumber } from './vr-by-tag-number.ts';

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
  const scanner = new ElementScanner(from, new ExplicitCopy(writer), vrByNumber);
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
