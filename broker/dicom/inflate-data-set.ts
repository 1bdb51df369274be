import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { BrokerError } from '../domain/errors.ts';

const defaultLimit = 64 * 1024 * 1024;

/**
 * Inflates a data set of a deflated transfer syntax (PS3.5 annex A.5). One that is cut off gives
 * what there is of it; a zlib header in front of the raw stream, which some write, does not matter.
 * @param limit bytes that the result may have
 * @throws BrokerError `malformed-data-set` where the stream is damaged or its result larger
 */
export function inflateDataSet(bytes: Uint8Array, limit = defaultLimit): Buffer {
  const hasZlibHeader = bytes.length > 2 && bytes[0] === 0x78 && ((bytes[0] << 8) | bytes[1]!) % 31 === 0;
  const options = { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return hasZlibHeader ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    const what = isTooLarge
      ? `inflates to more than the ${limit} bytes that are allowed`
      : 'cannot be inflated';
    throw new BrokerError('malformed-data-set', `The deflated data set ${what}.`, { cause });
  }
}
