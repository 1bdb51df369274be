import type { BulkValue, Fragment } from '../dicom/bulk-value.ts';
import type { BulkPlace, InstanceDescription, PixelData } from '../dicom/instance-description.ts';
import { pixelDescriptionOf, type PixelDescription } from '../dicom/pixel-description.ts';
import { toBrokerError } from '../domain/errors.ts';

/** Where the large values of an instance are, and what its pixels are like. */
export interface InstancePlaces {
  /** Undefined where it is no image, or is described as no image can be. */
  readonly pixels: PixelDescription | undefined;
  readonly pixelData: PixelData | undefined;
  readonly bulk: readonly BulkPlace[];
  /** True where places count from the start of the inflated data set. */
  readonly deflated: boolean;
  /** MIME Type of Encapsulated Document (0042,0012). */
  readonly documentType: string | undefined;
  /** What could not be read, in plain words. */
  readonly problems: readonly string[];
}

/** The form in which places are stored; `version` of the database has to be raised with it. */
interface StoredPlaces {
  readonly pixels?: PixelDescription | undefined;
  readonly bulk: readonly StoredBulk[];
  /** Which of `bulk` is the pixel data of the image itself. */
  readonly pixelData?: number;
  readonly basicOffsetTable?: readonly number[];
  readonly extendedOffsetTable?: readonly number[];
  readonly deflated: boolean;
  readonly documentType?: string;
  readonly problems: readonly string[];
}

/** Path, VR, offset, length, 1 for Big Endian, and offset and length of each item one after the other. */
type StoredBulk = readonly [string, string, number, number, 0 | 1, (readonly number[])?];

/** The places of a described instance, as text to be stored. */
export function placesText(description: InstanceDescription): string {
  const { bulk, pixelData, deflated, dataSet } = description;
  const problems = [...description.problems];
  let pixels: PixelDescription | undefined;
  try {
    pixels = pixelDescriptionOf(dataSet);
  } catch (thrown) {
    problems.push(toBrokerError(thrown).message);
  }
  const documentType = dataSet['00420012']?.Value?.[0];
  const stored: StoredPlaces = {
    pixels,
    bulk: bulk.map(toStored),
    deflated,
    problems,
    ...(typeof documentType === 'string' ? { documentType } : {}),
    ...(pixelData === undefined ? {} : { pixelData: bulk.findIndex(isOf(pixelData)) }),
    ...(pixelData?.kind !== 'encapsulated'
      ? {}
      : {
          basicOffsetTable: pixelData.basicOffsetTable,
          extendedOffsetTable: pixelData.extendedOffsetTable,
        }),
  };
  return JSON.stringify(stored);
}

/** Only the pixel data of the image itself has a path of one tag. */
function isOf(pixelData: PixelData): (bulk: BulkPlace) => boolean {
  return ({ path, items }) =>
    /^7FE000(08|09|10)$/.test(path) && (items === undefined) === (pixelData.kind === 'native');
}

/** Reads what `placesText` wrote. */
export function placesOf(text: string): InstancePlaces {
  const stored = JSON.parse(text) as StoredPlaces;
  const bulk = stored.bulk.map(fromStored);
  const own = stored.pixelData === undefined ? undefined : bulk[stored.pixelData];
  return {
    pixels: stored.pixels,
    pixelData: own === undefined ? undefined : pixelDataAt(own, stored),
    bulk,
    deflated: stored.deflated,
    documentType: stored.documentType,
    problems: stored.problems,
  };
}

function pixelDataAt({ vr, offset, length, items }: BulkPlace, stored: StoredPlaces): PixelData {
  if (items === undefined) return { kind: 'native', vr, offset, length };
  const { basicOffsetTable = [], extendedOffsetTable = [] } = stored;
  return { kind: 'encapsulated', fragments: items.slice(1), basicOffsetTable, extendedOffsetTable };
}

function toStored({ path, vr, offset, length, bigEndian, items }: BulkValue): StoredBulk {
  const place = [path, vr, offset, length, bigEndian ? 1 : 0] as const;
  return items === undefined ? place : [...place, items.flatMap((one) => [one.offset, one.length])];
}

function fromStored([path, vr, offset, length, bigEndian, flat]: StoredBulk): BulkPlace {
  const place = { path, vr, offset, length, bigEndian: bigEndian === 1 };
  if (flat === undefined) return place;
  const items: Fragment[] = [];
  for (let at = 0; at < flat.length; at += 2) items.push({ offset: flat[at]!, length: flat[at + 1]! });
  return { ...place, items };
}
