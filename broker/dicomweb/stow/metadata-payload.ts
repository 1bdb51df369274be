import type { DicomJson } from '../../dicom/dicom-json.ts';
import { readDicomJson } from '../../dicom/read-dicom-json.ts';
import { readNativeXml } from '../../dicom/read-native-xml.ts';
import { BrokerError } from '../../domain/errors.ts';
import { parseAccept } from '../http/accept.ts';
import { BulkParts } from '../bulkdata/bulk-parts.ts';
import { type MetadataOfInstance, bulkUris, composedInstance } from './composed-instance.ts';
import type { ReadPart } from './multipart-reader.ts';
import type { PayloadOptions } from './part10-payload.ts';
import type { ReceivedInstance, RefusedInstance } from './received-instance.ts';

/** Bytes of a part of metadata: it is read in memory, and takes time that others wait for. */
const maxMetadataLength = 32 * 1024 * 1024;
/** Bytes of all metadata of a request. */
const maxMetadataOfRequest = 128 * 1024 * 1024;

const readers: ReadonlyMap<string, (text: string) => readonly DicomJson[]> = new Map([
  ['application/dicom+json', readDicomJson],
  ['application/json', readDicomJson],
  ['application/dicom+xml', (text: string) => [readNativeXml(text)]],
]);

/**
 * The instances of a payload of metadata and bulk data (PS3.18 sections 8.7.3.2, 8.7.3.3, 10.5.1): all parts
 * are read before the first, since bulk data may follow in any order.
 * @throws BrokerError `bad-request` where metadata is malformed or bulk data has no Content-Location,
 *   `too-large`, `disk-full`; what the parts throw
 */
export async function* metadataPayload(
  parts: AsyncIterable<ReadPart>,
  options: PayloadOptions,
): AsyncGenerator<ReceivedInstance | RefusedInstance, void, undefined> {
  await using bulk = new BulkParts();
  const instances = await readAll(parts, bulk, options);
  const uris = instances.map(({ dataSet }) => bulkUris(dataSet));
  for (const each of uris) bulk.retain(each);
  let next = 0;
  try {
    for (const instance of instances) {
      const composed = composedInstance(instance, bulk);
      // From here on, what was composed releases its bulk data itself.
      const own = uris[next] ?? [];
      next += 1;
      if (composed.kind === 'refused') await bulk.release(own);
      yield composed;
    }
  } finally {
    for (const each of uris.slice(next)) await bulk.release(each);
  }
}

async function readAll(
  parts: AsyncIterable<ReadPart>,
  bulk: BulkParts,
  { spool, study, maxPartLength }: PayloadOptions,
): Promise<MetadataOfInstance[]> {
  const instances: MetadataOfInstance[] = [];
  let length = 0;
  for await (const { number, headers, body } of parts) {
    const contentType = headers.get('content-type');
    const [range] = parseAccept(contentType);
    const read = readers.get(range?.type ?? '');
    if (read === undefined) {
      const location = headers.get('content-location');
      if (location === undefined) throw withoutLocation(number);
      const part = await spool.take(body, maxPartLength, `Part ${number}`);
      bulk.add(location, { contentType, part });
      continue;
    }
    await using part = await spool.take(body, maxMetadataLength, `The metadata of part ${number}`);
    length += part.length;
    if (length > maxMetadataOfRequest) {
      throw new BrokerError(
        'too-large',
        `The metadata has more than the ${maxMetadataOfRequest} bytes allowed.`,
      );
    }
    const dataSets = read((await part.bytes()).toString('utf8'));
    dataSets.forEach((dataSet, index) => {
      const label = dataSets.length === 1 ? `part ${number}` : `data set ${index + 1} of part ${number}`;
      instances.push({ label, dataSet, study });
    });
  }
  return instances;
}

function withoutLocation(number: number): BrokerError {
  return new BrokerError('bad-request', `Part ${number} is bulk data and has no Content-Location.`, {
    remedy: 'Its Content-Location is the BulkDataURI of the value in the metadata.',
  });
}
