import {
  type ComposedDataSet,
  type StreamedValue,
  composeDataSet,
  declaredCharacterSet,
} from '../../dicom/data-set-writer.ts';
import type { DicomJson, JsonAttribute } from '../../dicom/dicom-json.ts';
import type { InstanceUids } from '../../dicom/header-scanner.ts';
import { DimseStatus } from '../../domain/dimse-status.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { Tag } from '../../domain/tag.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { type Uid, readUid } from '../../domain/uid.ts';
import type { BulkPart, BulkParts } from '../bulkdata/bulk-parts.ts';
import { bulkSyntax, isVideo } from '../bulkdata/bulk-syntax.ts';
import { encapsulatedValue, plainValue } from './encapsulated-value.ts';
import { type ReceivedInstance, type RefusedInstance, checkIdentity } from './received-instance.ts';

const pixelData: Tag = '7FE00010';
const numberOfFrames: Tag = '00280008';
/** The longest value that a length field can tell (PS3.5 section 7.1.1). */
const longestValue = 0xfffffffe;

export interface MetadataOfInstance {
  readonly label: string;
  readonly dataSet: DicomJson;
  /** The study that the request is for, where it names one. */
  readonly study: Uid | undefined;
}

/**
 * An instance of metadata and bulk data (PS3.18 section 8.7.3.3), composed while it is being sent: bulk data
 * goes from where it is kept straight to the archive. The bulk data is released with the instance.
 */
export function composedInstance(
  { label, dataSet: given, study }: MetadataOfInstance,
  bulk: BulkParts,
): ReceivedInstance | RefusedInstance {
  const dataSet = withoutMeta(given);
  const identity = checkIdentity({ label, uids: uidsOf(dataSet), study });
  if ('kind' in identity) return identity;
  let composed: ComposedDataSet;
  let transferSyntaxUid: string;
  try {
    transferSyntaxUid = syntaxOf(dataSet, bulk);
    composed = compose(dataSet, transferSyntaxUid, bulk);
  } catch (error) {
    if (!(error instanceof BrokerError) || error.code !== 'bad-request') throw error;
    const comment = error.message.replace(/\.$/, '');
    return { kind: 'refused', label, ...identity, status: DimseStatus.cannotUnderstand, comment };
  }
  const uris = bulkUris(given);
  return {
    kind: 'received',
    label,
    identity,
    transferSyntaxUid,
    length: composed.length,
    dataSet: () => bytesOf(composed),
    [Symbol.asyncDispose]: () => bulk.release(uris),
  };
}

/** All BulkDataURIs of a data set, those of nested ones included, each once. */
export function bulkUris(dataSet: DicomJson, uris = new Set<string>()): Set<string> {
  for (const { vr, Value: values, BulkDataURI: uri } of Object.values(dataSet)) {
    if (uri !== undefined) uris.add(uri);
    if (vr === 'SQ') for (const item of values ?? []) bulkUris((item ?? {}) as DicomJson, uris);
  }
  return uris;
}

/** File meta information is no part of a data set, although some clients put it into the metadata. */
function withoutMeta(dataSet: DicomJson): DicomJson {
  return Object.fromEntries(Object.entries(dataSet).filter(([tag]) => tag > '0003'));
}

function uidsOf(dataSet: DicomJson): InstanceUids {
  const uid = (tag: Tag): Uid | undefined => {
    const value = dataSet[tag]?.Value?.[0];
    return typeof value === 'string' ? readUid(value) : undefined;
  };
  return {
    sopClassUid: uid('00080016'),
    sopInstanceUid: uid('00080018'),
    studyInstanceUid: uid('0020000D'),
    seriesInstanceUid: uid('0020000E'),
  };
}

function syntaxOf(dataSet: DicomJson, bulk: BulkParts): string {
  const uri = dataSet[pixelData]?.BulkDataURI;
  if (uri === undefined) return explicitVrLittleEndian;
  const syntaxes = new Set(bulk.find(uri).map(({ contentType }) => bulkSyntax(contentType)));
  const [syntax = explicitVrLittleEndian] = syntaxes;
  if (syntaxes.size > 1 || syntaxes.has(undefined)) {
    throw unfit('its pixel data is of no transfer syntax, or of several');
  }
  return syntax;
}

function compose(dataSet: DicomJson, transferSyntax: string, bulk: BulkParts): ComposedDataSet {
  const encoding = encodingOf(transferSyntax);
  // Compressed pixel data is OB (PS3.5 annex A.4), whatever the metadata says.
  const pixels = dataSet[pixelData];
  const written =
    encoding.encapsulated && pixels !== undefined
      ? { ...dataSet, [pixelData]: { ...pixels, vr: 'OB' } }
      : dataSet;
  const isPixels = (attribute: JsonAttribute): boolean => attribute === written[pixelData];
  const findBulk = (attribute: JsonAttribute): StreamedValue => {
    const uri = attribute.BulkDataURI ?? '';
    const parts = bulk.find(uri);
    const [first, ...others] = parts;
    if (first === undefined)
      throw unfit(`no part has the Content-Location ${JSON.stringify(uri.slice(0, 120))}`);
    if (parts.some(({ part }) => part.length > longestValue))
      throw unfit('a part is longer than a value can be');
    // A value within a sequence, such as an icon's, is taken as it comes.
    if (encoding.encapsulated && isPixels(attribute)) {
      checkFrames(dataSet, transferSyntax, parts);
      return encapsulatedValue(parts);
    }
    if (others.length > 0)
      throw unfit(`several parts have the Content-Location ${JSON.stringify(uri.slice(0, 120))}`);
    return plainValue(first);
  };
  const characterSet = declaredCharacterSet(dataSet);
  try {
    return composeDataSet(written, encoding, { characterSet, findBulk });
  } catch (error) {
    // The metadata is in UTF-8: what the set that it names cannot hold is written in UTF-8 too.
    if (isAscii(dataSet)) throw error;
    return composeDataSet(written, encoding, { characterSet: ['ISO_IR 192'], findBulk });
  }
}

function isAscii(dataSet: DicomJson): boolean {
  return !/[^\x00-\x7f]/.test(JSON.stringify(dataSet)); // eslint-disable-line no-control-regex
}

/** Each frame is a part, but for video, which is one (PS3.18 section 8.7.3.3.2). */
function checkFrames(dataSet: DicomJson, transferSyntax: string, parts: readonly BulkPart[]): void {
  const frames = Number(dataSet[numberOfFrames]?.Value?.[0] ?? 1);
  const wanted = isVideo(transferSyntax) ? 1 : frames;
  if (parts.length !== wanted) {
    throw unfit(
      `its ${frames} frames come in ${parts.length} parts of compressed pixel data, and not in ${wanted}`,
    );
  }
}

function unfit(what: string): BrokerError {
  return new BrokerError('bad-request', what);
}

const gatherLength = 64 * 1024;

/** What is in memory is gathered: a data set is made of many small pieces. */
async function* bytesOf({ pieces }: ComposedDataSet): AsyncGenerator<Buffer, void, undefined> {
  let gathered: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) {
      gathered.push(piece);
      length += piece.length;
      if (length < gatherLength) continue;
    }
    if (length > 0) yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
    if (!Buffer.isBuffer(piece)) yield* piece.stream();
  }
  if (length > 0) yield Buffer.concat(gathered);
}
