import type { DicomJson } from '../../dicom/dicom-json.ts';
import { jsonText } from '../../dicom/json-text.ts';
import { nativeXml } from '../../dicom/native-xml.ts';
import { BrokerError } from '../../domain/errors.ts';
import { type MediaRange, chooseOffer } from '../http/accept.ts';

/** How the answer to a store is written. */
export interface StoreFormat {
  readonly contentType: string;
  text(dataSet: DicomJson): string;
}

const json = { type: 'application/dicom+json' };
const plainJson = { type: 'application/json' };
const xml = { type: 'application/dicom+xml' };

/**
 * The format that a client wants: DICOM JSON where it does not say (OHIF sends no Accept header), or XML.
 * @throws BrokerError `not-acceptable`
 */
export function chooseStoreFormat(ranges: readonly MediaRange[]): StoreFormat {
  const offer = chooseOffer(ranges, [json, plainJson, xml]);
  if (offer === undefined) {
    throw new BrokerError('not-acceptable', 'None of the media types of the Accept header can be made.', {
      remedy: `The answer to a store is ${json.type} or ${xml.type}.`,
    });
  }
  return { contentType: offer.type, text: offer === xml ? nativeXml : jsonText };
}
