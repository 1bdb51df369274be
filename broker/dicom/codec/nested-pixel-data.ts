import { open } from 'node:fs/promises';
import { BrokerError } from '../../domain/errors.ts';
import type { EditedValue } from '../data-set-edits.ts';
import type { DicomJson } from '../dicom-json.ts';
import type { BulkPlace, InstanceDescription } from '../instance-description.ts';
import type { InstanceFile } from '../instance-file.ts';
import { pixelDescriptionOf } from '../pixel-description.ts';
import { damagedFrame } from './damaged-frame.ts';
import { decodeToNative } from './decode-frame.ts';
import { pixelEdits } from './pixel-edits.ts';

const pixelData = 0x7fe00010;
const nestedPixelData = /^(.+\/)7FE00010$/;

/** Bytes of all icons of an instance, compressed. */
const limit = 16 * 1024 ** 2;

/**
 * Decodes the compressed pixel data in the items of sequences, which are icons (PS3.3 section F.7): pixel data
 * inside of a sequence may be native whatever the transfer syntax (PS3.5 A.4).
 * @returns the changes of each item, by its path
 * @throws BrokerError `malformed-data-set` or `not-acceptable` where one cannot be decoded
 */
export async function decodedNestedPixelData(
  file: InstanceFile,
  { dataSet, bulk }: InstanceDescription,
): Promise<Map<string, Map<number, EditedValue>>> {
  const edits = new Map<string, Map<number, EditedValue>>();
  const places = bulk.filter(({ path, items }) => items !== undefined && nestedPixelData.test(path));
  if (places.reduce((sum, { length }) => sum + length, 0) > limit) {
    throw new BrokerError('too-large', `The icons of the instance have more than ${limit} bytes.`);
  }
  for (const place of places) {
    const path = nestedPixelData.exec(place.path)![1]!;
    const pixels = pixelDescriptionOf(itemAt(dataSet, path));
    if (pixels === undefined) throw damagedFrame('an icon does not say how large it is');
    const bytes = await fragmentsOf(file, place);
    const decoded = await decodeToNative(bytes, file.transferSyntaxUid, pixels);
    const value =
      decoded.samples.length % 2 === 0 ? decoded.samples : Buffer.concat([decoded.samples, Buffer.alloc(1)]);
    const changes = pixelEdits(pixels, decoded.pixels);
    changes.set(pixelData, { vr: pixels.bitsAllocated > 8 ? 'OW' : 'OB', bytes: value });
    edits.set(path, changes);
  }
  return edits;
}

/** @param path tags and one-based item numbers: `00880200/1/` */
function itemAt(dataSet: DicomJson, path: string): DicomJson {
  let level = dataSet;
  const parts = path.split('/');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const item = level[parts[at]!]?.Value?.[Number(parts[at + 1]) - 1];
    if (typeof item !== 'object' || item === null) throw damagedFrame('an icon is not where it should be');
    level = item as DicomJson;
  }
  return level;
}

async function fragmentsOf(file: InstanceFile, { items = [] }: BulkPlace): Promise<Buffer> {
  await using handle = await open(file.path, 'r');
  const fragments: Buffer[] = [];
  for (const { offset, length } of items.slice(1)) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    fragments.push(bytes.subarray(0, bytesRead));
  }
  return Buffer.concat(fragments);
}
