import type { Request } from 'express';
import { BrokerError } from '../../domain/errors.ts';
import { parseAccept } from '../http/accept.ts';
import { metadataPayload } from './metadata-payload.ts';
import { MultipartReader, type ReadPart } from './multipart-reader.ts';
import { type PayloadOptions, part10Payload } from './part10-payload.ts';
import type { ReceivedInstance, RefusedInstance } from './received-instance.ts';

export type Payload = AsyncGenerator<ReceivedInstance | RefusedInstance, void, undefined>;

export interface StorePayloadOptions extends PayloadOptions {
  readonly maxParts: number;
}

const dicom = 'application/dicom';

const multipartReaders: ReadonlyMap<string, typeof part10Payload> = new Map([
  [dicom, part10Payload],
  ['application/dicom+json', metadataPayload],
  ['application/dicom+xml', metadataPayload],
]);

/** Makes the instances of a body, in the form that a Content-Type says. */
export type ReadPayload = (body: AsyncIterable<Buffer>, options: StorePayloadOptions) => Payload;

/**
 * How the body of a store is to be read (PS3.18 section 10.5.1).
 * @throws BrokerError `unsupported-media-type`, `bad-request`
 */
export function storePayload({ headers }: Pick<Request, 'headers'>): ReadPayload {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    // What is inflated has no size that its sender had to pay for.
    throw unsupported(`The content encoding ${shown(encoding)} is not taken: send the body as it is.`);
  }
  const ranges = parseAccept(headers['content-type']);
  const [range] = ranges;
  if (range === undefined || ranges.length !== 1 || headers['content-type'] === undefined) {
    throw unsupported('The Content-Type is missing or malformed.');
  }
  if (range.type === dicom) return (body, options) => part10Payload(onlyPart(body), options);
  const type = range.parameters.get('type')?.toLowerCase() ?? dicom;
  const boundary = range.parameters.get('boundary');
  const read = range.type === 'multipart/related' ? multipartReaders.get(type) : undefined;
  if (read !== undefined) {
    return (body, options) => read(new MultipartReader(body, boundary, options).parts(), options);
  }
  throw unsupported(`The Content-Type ${shown(headers['content-type'])} is not taken.`);
}

/** A body that is one instance, as a message of one part. */
async function* onlyPart(body: AsyncIterable<Buffer>): AsyncGenerator<ReadPart, void, undefined> {
  await Promise.resolve();
  yield { number: 1, headers: new Map(), body: passed(body) };
}

async function* passed(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield* body;
}

function unsupported(message: string): BrokerError {
  return new BrokerError('unsupported-media-type', message, {
    remedy: `A store takes multipart/related with a boundary and type="${dicom}", "application/dicom+json" or "application/dicom+xml"; or ${dicom} for one instance.`,
  });
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
