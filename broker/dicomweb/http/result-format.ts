import { type TextBatch, textSeparator } from '../../cache/metadata-protocol.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { jsonText } from '../../dicom/json-text.ts';
import { nativeXml } from '../../dicom/native-xml.ts';
import { BrokerError } from '../../domain/errors.ts';
import { chooseOffer, type MediaRange } from './accept.ts';
import { multipartContentType, multipartEnd, newBoundary, partStart } from './multipart.ts';

/** How a list of data sets becomes a payload (PS3.18 section 8.7.3). */
export interface ResultFormat {
  readonly contentType: string;
  /** The text of a data set, with what goes before it. */
  item(dataSet: DicomJson, isFirst: boolean): string;
  /** The same of several that are JSON text already. */
  texts(batch: TextBatch, isFirst: boolean): readonly Uint8Array[];
  /** What follows the last of at least one data set. */
  readonly end: string;
}

const dicomXml = 'application/dicom+xml';
const offers = [
  { type: 'application/dicom+json' },
  // The name under which JSON was known before the type was registered; asked for, it is answered.
  { type: 'application/json' },
  { type: 'multipart/related', parameters: { type: dicomXml } },
] as const;

/**
 * The format that a client wants of search results or metadata: DICOM JSON, also as application/json
 * where it names that, or multipart XML.
 * @throws BrokerError `not-acceptable`
 */
export function chooseResultFormat(ranges: readonly MediaRange[]): ResultFormat {
  const offer = chooseOffer(ranges, offers);
  if (offer === undefined) {
    throw new BrokerError('not-acceptable', 'None of the media types of the Accept header can be made.', {
      remedy: `Search results and metadata are application/dicom+json or multipart/related; type="${dicomXml}".`,
    });
  }
  return offer.type === 'multipart/related' ? xmlFormat(newBoundary()) : jsonFormat(offer.type);
}

function jsonFormat(contentType: string): ResultFormat {
  return {
    contentType,
    item: (dataSet, isFirst) => `${isFirst ? '[' : ',\n'}${jsonText(dataSet)}`,
    texts: ({ bytes }, isFirst) => [Buffer.from(isFirst ? '[' : ',\n'), bytes],
    end: ']\n',
  };
}

function xmlFormat(boundary: string): ResultFormat {
  const item: ResultFormat['item'] = (dataSet, isFirst) => {
    return `${partStart(boundary, { contentType: dicomXml }, isFirst)}${nativeXml(dataSet)}`;
  };
  return {
    contentType: multipartContentType(dicomXml, boundary),
    item,
    texts: (batch, isFirst) => {
      let xml = '';
      for (const dataSet of dataSetsOf(batch)) xml += item(dataSet, isFirst && xml === '');
      return [Buffer.from(xml)];
    },
    end: multipartEnd(boundary),
  };
}

function* dataSetsOf({ bytes, ends }: TextBatch): Generator<DicomJson, void, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (const end of ends) {
    yield JSON.parse(buffer.toString('utf8', start, end)) as DicomJson;
    start = end + textSeparator.length;
  }
}
