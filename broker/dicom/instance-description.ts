import type { BulkValue, Fragment } from './bulk-value.ts';
import type { DicomJson } from './dicom-json.ts';

export type { BulkValue, Fragment } from './bulk-value.ts';

/** Pixel data that is stored without compression: all frames one after the other. */
export interface NativePixelData {
  readonly kind: 'native';
  readonly vr: string;
  /** Byte of the file (of the inflated data set where the syntax is deflated) at which it begins. */
  readonly offset: number;
  readonly length: number;
}

/** Pixel data in fragments. */
export interface EncapsulatedPixelData {
  readonly kind: 'encapsulated';
  /** Those behind the first item, which is the Basic Offset Table. */
  readonly fragments: readonly Fragment[];
  /** Byte of each frame's first item, counted from the first fragment's item tag; empty where there is none. */
  readonly basicOffsetTable: readonly number[];
  /** The Extended Offset Table (7FE0,0001), counted in the same way; empty where there is none. */
  readonly extendedOffsetTable: readonly number[];
}

export type PixelData = NativePixelData | EncapsulatedPixelData;

/** A value that is left out of the JSON: where it is in the file (in the inflated data set, where the syntax is deflated). */
export type BulkPlace = BulkValue;

/** What a DICOM file holds, without its large values: those are told by their place. */
export interface InstanceDescription {
  /** In the form of PS3.18 annex F. A BulkDataURI begins with `bulkUriMarker`, the path follows. */
  readonly dataSet: DicomJson;
  readonly bulk: readonly BulkPlace[];
  /** Undefined where there is no pixel data. */
  readonly pixelData: PixelData | undefined;
  /** True where offsets count from the start of the inflated data set. */
  readonly deflated: boolean;
  /** What could not be read, in plain words. */
  readonly problems: readonly string[];
}

/** Stands in a stored BulkDataURI for the URL of the instance, which differs from client to client. */
export const bulkUriMarker = '@/bulkdata/';
