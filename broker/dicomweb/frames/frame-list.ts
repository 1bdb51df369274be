import { BrokerError } from '../../domain/errors.ts';

/** Frames that one request may name. */
const mostFrames = 10_000;

/**
 * The frame numbers that a path names: `1,2,7`, as PS3.18 table 10.4.1-1 has it.
 * @param text the segment of the path
 * @throws BrokerError `bad-request` where one is not a number from 1 on, or there are too many
 */
export function parseFrameList(text: string): number[] {
  const items = text.split(',', mostFrames + 1);
  if (items.length > mostFrames) {
    throw new BrokerError('bad-request', `The path names more than ${mostFrames} frames.`);
  }
  return items.map((item) => {
    if (/^[1-9]\d{0,9}$/.test(item)) return Number(item);
    throw new BrokerError(
      'bad-request',
      `The path names a frame that there cannot be: ${JSON.stringify(item.slice(0, 40))}. Frames are numbers from 1 on, separated by commas.`,
    );
  });
}
