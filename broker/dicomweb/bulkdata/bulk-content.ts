import type { InstancePlaces } from '../../cache/metadata.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { FramePlaces } from '../../dicom/frames/frame-places.ts';
import type { BulkPlace, Fragment } from '../../dicom/instance-description.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { byteOrderUnit } from '../../domain/vr.ts';
import { compressedMediaType, isVideo } from '../retrieve/compressed-media-type.ts';

/** Bytes that a client can have as bulk data: those of a value, or of one compressed frame in it. */
export interface BulkContent {
  /** Where they are in the file, or in the inflated data set, one after the other. */
  readonly pieces: readonly Fragment[];
  readonly length: number;
  /** Bytes of each number where its byte order is to be turned, else 1. */
  readonly swapUnit: 1 | 2 | 4 | 8;
  /** How the bytes are encoded, as media types have it. */
  readonly transferSyntaxUid: string;
  /** What it is beside application/octet-stream. */
  readonly mediaType: string | undefined;
  /** The frame of the image that it is, from 1; undefined for anything but a compressed frame. */
  readonly frame: number | undefined;
}

const encapsulatedDocument = '00420011';
const isOwnPixelData = /^7FE000(08|09|10)$/;
/** Types of documents that browsers show without running anything that is in them. */
const harmlessDocument =
  /^(application\/(pdf|sla)|model\/[\w.+-]{1,60}|image\/(jpeg|png|gif|webp|bmp|tiff)|text\/plain|(video|audio)\/(mp4|mpeg))$/;

/** True for compressed pixel data of the image itself that is made of frames. */
export function hasFrames({ transferSyntaxUid }: StoredInstance, { path, items }: BulkPlace): boolean {
  return items !== undefined && isOwnPixelData.test(path) && !isVideo(transferSyntaxUid);
}

/**
 * What is sent for a value (PS3.18 section 8.7.3.3): its bytes in Little Endian, a document as it is,
 * compressed pixel data as it is stored, frame by frame where `frames` tells them, else as one stream,
 * as a video is.
 */
export function bulkContents(
  instance: StoredInstance,
  places: InstancePlaces,
  { place, frames }: { readonly place: BulkPlace; readonly frames: FramePlaces | undefined },
): readonly BulkContent[] {
  const { transferSyntaxUid } = instance;
  if (place.items === undefined) return [plainContent(place, places)];
  if (frames === undefined) return [compressed(place.items.slice(1), transferSyntaxUid, undefined)];
  return Array.from({ length: frames.count }, (_, index) =>
    compressed(frames.place(index + 1).pieces, transferSyntaxUid, index + 1),
  );
}

function plainContent(place: BulkPlace, { documentType }: InstancePlaces): BulkContent {
  const { path, vr, offset, length, bigEndian } = place;
  const isDocument = path === encapsulatedDocument && documentType !== undefined;
  return {
    pieces: [{ offset, length }],
    length,
    swapUnit: bigEndian ? byteOrderUnit(vr) : 1,
    transferSyntaxUid: explicitVrLittleEndian,
    mediaType: isDocument && harmlessDocument.test(documentType) ? documentType : undefined,
    frame: undefined,
  };
}

function compressed(
  pieces: readonly Fragment[],
  transferSyntaxUid: string,
  frame: number | undefined,
): BulkContent {
  return {
    pieces,
    length: pieces.reduce((sum, { length }) => sum + length, 0),
    swapUnit: 1,
    transferSyntaxUid,
    mediaType: encodingOf(transferSyntaxUid).encapsulated
      ? compressedMediaType(transferSyntaxUid)
      : undefined,
    frame,
  };
}
