import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { BrokerError } from '../domain/errors.ts';

const largestDataSet = 4 * 1024 ** 3;

/** Up to here any ratio is taken: empty images are almost as small as deflate can make them. */
const harmless = 16 * 1024 ** 2;
const greatestRatio = 1000;

/**
 * The bytes of a deflated data set (PS3.5 A.5), inflated as they come.
 * @throws BrokerError `malformed-data-set` where they are damaged or end too early, where there are
 *   more than 4 GiB of them, or more than 16 MiB at over a thousand times the deflated size; what
 *   the source throws
 */
export async function* inflateStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: 64 * 1024 });
  // What goes wrong while feeding is seen by whoever reads from `inflate`.
  const feeding = pipeline(source, inflate).catch(() => undefined);
  let length = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      length += chunk.length;
      refuseBomb(length, inflate.bytesWritten);
      yield chunk;
    }
  } catch (thrown) {
    throw isZlibError(thrown) ? damaged(thrown) : thrown;
  } finally {
    // Leaving the loop above has destroyed `inflate`, and with it the source is closed.
    await feeding;
  }
}

function refuseBomb(length: number, deflatedLength: number): void {
  if (length <= largestDataSet && (length <= harmless || length <= greatestRatio * deflatedLength)) return;
  throw new BrokerError(
    'malformed-data-set',
    `The deflated data set grows out of proportion: ${deflatedLength} bytes became more than ${length}. ` +
      `Allowed are 4 GiB, and ${greatestRatio} times the deflated size.`,
  );
}

function isZlibError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && /^Z_/.test(String(thrown.code));
}

function damaged(cause: Error): BrokerError {
  return new BrokerError('malformed-data-set', `The data set cannot be inflated: ${cause.message}.`, {
    cause,
  });
}
