import type { DicomJson } from '../dicom-json.ts';
import type { EditedValue, LevelEdits } from '../data-set-edits.ts';

const lossy = 0x00282110;
const ratio = 0x00282112;
const method = 0x00282114;

/** Syntaxes that always lose something, and those that may, with the method (PS3.3 section C.7.6.1.1.5.1). */
const methods: Readonly<Record<string, { readonly method: string; readonly always: boolean }>> = {
  '1.2.840.10008.1.2.4.50': { method: 'ISO_10918_1', always: true },
  '1.2.840.10008.1.2.4.51': { method: 'ISO_10918_1', always: true },
  '1.2.840.10008.1.2.4.53': { method: 'ISO_10918_1', always: true },
  '1.2.840.10008.1.2.4.55': { method: 'ISO_10918_1', always: true },
  '1.2.840.10008.1.2.4.81': { method: 'ISO_14495_1', always: false },
  '1.2.840.10008.1.2.4.91': { method: 'ISO_15444_1', always: false },
  '1.2.840.10008.1.2.4.93': { method: 'ISO_15444_2', always: false },
  '1.2.840.10008.1.2.4.111': { method: 'ISO_18181_1', always: true },
  '1.2.840.10008.1.2.4.112': { method: 'ISO_18181_1', always: false },
  '1.2.840.10008.1.2.4.203': { method: 'ISO_15444_15', always: false },
};

export interface LossySource {
  readonly transferSyntaxUid: string;
  readonly dataSet: DicomJson;
  /** The first frame as stored. */
  readonly frame: Uint8Array;
  /** Bytes of that frame without compression. */
  readonly decodedLength: number;
}

/**
 * What has to be said of an image that lost something when it was compressed, and still has lost it when it is
 * not compressed any more (PS3.3 section C.7.6.1.1.5). What the data set says already stays.
 */
export function lossyEdits({ transferSyntaxUid, dataSet, frame, decodedLength }: LossySource): LevelEdits {
  const edits = new Map<number, EditedValue>();
  const known = methods[transferSyntaxUid];
  const isStated = dataSet['00282110']?.Value?.[0] === '01';
  if (known === undefined || (!known.always && !isStated && !losesSamples(frame))) return edits;
  if (!isStated) edits.set(lossy, text('CS', '01'));
  if (isEmpty(dataSet, '00282112')) {
    edits.set(ratio, text('DS', (decodedLength / Math.max(1, frame.length)).toFixed(2)));
  }
  if (isEmpty(dataSet, '00282114')) edits.set(method, text('CS', known.method));
  return edits;
}

function isEmpty(dataSet: DicomJson, tag: string): boolean {
  return (dataSet[tag]?.Value?.length ?? 0) === 0;
}

/** True of JPEG-LS with an allowed error, and of the irreversible wavelet of JPEG 2000. */
function losesSamples(frame: Uint8Array): boolean {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const isJpegLs = bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8;
  let at = bytes.indexOf(isJpegLs ? 'ffda' : 'ff52', 0, 'hex');
  if (at < 0 || at + 14 > bytes.length) return false;
  // The components of a JPEG-LS scan stand in front of NEAR; the transform is the last of COD's fixed fields.
  if (isJpegLs) at += 5 + bytes[at + 4]! * 2;
  return isJpegLs ? (bytes[at] ?? 0) > 0 : bytes[at + 13] === 0;
}

function text(vr: 'CS' | 'DS', value: string): EditedValue {
  return { vr, bytes: Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1') };
}
