import { BrokerError } from '../../domain/errors.ts';

/** The error of a frame that cannot be decoded, with the reason in plain words (no full stop). */
export function damagedFrame(why: string, cause?: unknown): BrokerError {
  return new BrokerError('malformed-data-set', `The frame cannot be decoded: ${why}.`, { cause });
}
