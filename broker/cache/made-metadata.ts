import type { DicomJson } from '../dicom/dicom-json.ts';
import { describeInstance } from '../dicom/describe-instance.ts';
import type { InstanceDescription } from '../dicom/instance-description.ts';
import { jsonText } from '../dicom/json-text.ts';
import { type BrokerError, toBrokerError } from '../domain/errors.ts';
import { placesText } from './instance-places.ts';
import type { StoredInstance } from './stored-instance.ts';

/** The metadata of one file of an instance, ready to be stored and sent. */
export interface MadeMetadata {
  /** DICOM JSON in UTF-8, with the marker for bulk data. */
  readonly text: Uint8Array;
  /** What `placesOf` reads. */
  readonly places: Uint8Array;
  readonly problems: readonly string[];
}

/**
 * Makes the metadata of an instance from its file. Of one that cannot be described there is nothing but
 * its UIDs: the others of its series must not be lost with it.
 * @throws BrokerError `cache-damaged` where the file cannot be read
 */
export function makeMetadata(instance: StoredInstance): MadeMetadata {
  try {
    return encoded(describeInstance(instance));
  } catch (thrown) {
    const error = toBrokerError(thrown);
    if (error.code === 'cache-damaged') throw error;
    return metadataOfUids(instance, error);
  }
}

/** All that can be told of an instance without looking into its file. */
export function metadataOfUids(instance: StoredInstance, reason: BrokerError): MadeMetadata {
  const uid = (value: string): DicomJson[string] => ({ vr: 'UI', Value: [value] });
  return encoded({
    dataSet: {
      '00080016': uid(instance.sopClassUid),
      '00080018': uid(instance.instance),
      '0020000D': uid(instance.study),
      '0020000E': uid(instance.series),
    },
    bulk: [],
    pixelData: undefined,
    deflated: false,
    problems: [reason.message],
  });
}

function encoded(description: InstanceDescription): MadeMetadata {
  const places = placesText(description);
  return {
    text: Buffer.from(jsonText(description.dataSet)),
    places: Buffer.from(places),
    problems: description.problems,
  };
}
