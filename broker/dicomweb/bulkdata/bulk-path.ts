import { BrokerError } from '../../domain/errors.ts';
import { quoted } from '../../archive/attribute-path.ts';

/** Tags and item numbers in turn, a tag first and last; no more than sequences nest. */
const form = /^[0-9A-F]{8}(\/[1-9][0-9]{0,8}\/[0-9A-F]{8}){0,64}$/;

/**
 * The path of a value within its data set, from the segments of a URL: `7FE00010`, or through items of
 * sequences `54000100/1/54001010`.
 * @throws BrokerError `bad-request`
 */
export function parseBulkPath(segments: unknown): string {
  const path = (Array.isArray(segments) ? segments : [segments]).join('/').toUpperCase();
  if (form.test(path)) return path;
  const message = `The path ${quoted(path)} of bulk data is none: it is made of tags of eight hexadecimal digits and, between them, the numbers of items.`;
  throw new BrokerError('bad-request', message);
}
