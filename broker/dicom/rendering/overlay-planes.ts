import type { DicomJson } from '../dicom-json.ts';
import { bytesOf, numberOf, numbersOf } from './attribute-values.ts';
import { type FrameSamples, sampleCells } from './stored-values.ts';
import type { Picture } from './picture.ts';

/** White on gray and on colour. */
const ink = 255;

export interface OverlaySource {
  /** Of the instance; overlay planes are in its root. */
  readonly dataSet: DicomJson;
  /** Number from 1. */
  readonly frame: number;
  /** As decoded, for planes that are in its unused bits (PS3.5 section 8.1.2, retired). */
  readonly samples: FrameSamples;
}

/** Where a plane lies on the image, and the bits of it. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of the image that the first bit is on, from 0. */
  readonly top: number;
  readonly left: number;
  readonly isSet: (bit: number) => boolean;
}

/** Draws the overlay planes of a frame (PS3.3 section C.9.2) into its picture. */
export function drawOverlays(picture: Picture, source: OverlaySource): void {
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const plane = overlayPlane(source, group.toString(16).toUpperCase());
    if (plane !== undefined) draw(picture, plane);
  }
}

function overlayPlane(source: OverlaySource, group: string): Plane | undefined {
  const { dataSet, frame } = source;
  const rows = numberOf(dataSet, `${group}0010`);
  const columns = numberOf(dataSet, `${group}0011`);
  if (!isSize(rows) || !isSize(columns)) return undefined;
  const [top = 1, left = 1] = numbersOf(dataSet, `${group}0050`);
  const place = { rows, columns, top: top - 1, left: left - 1 };
  const data = bytesOf(dataSet, `${group}3000`);
  const isSet =
    data === undefined
      ? embedded(source, group, place)
      : planeBits(dataSet, group, { data, frame, bits: rows * columns });
  return isSet === undefined ? undefined : { ...place, isSet };
}

function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 0xffff;
}

/** The bits of the plane that belongs to the frame; a plane of a single frame belongs to all. */
function planeBits(
  dataSet: DicomJson,
  group: string,
  { data, frame, bits }: { data: Buffer; frame: number; bits: number },
): Plane['isSet'] | undefined {
  const frames = numberOf(dataSet, `${group}0015`) ?? 1;
  const origin = numberOf(dataSet, `${group}0051`) ?? 1;
  const index = frames > 1 ? frame - origin : 0;
  const isThere =
    Number.isInteger(index) && index >= 0 && index < frames && data.length * 8 >= (index + 1) * bits;
  if (!isThere) return undefined;
  return (bit) => {
    const at = index * bits + bit;
    return ((data[at >> 3]! >> (at & 7)) & 1) === 1;
  };
}

/** A bit of each sample that the image leaves free. */
function embedded(
  { dataSet, samples }: OverlaySource,
  group: string,
  size: { rows: number; columns: number },
): Plane['isSet'] | undefined {
  const { pixels } = samples;
  const position = numberOf(dataSet, `${group}0102`);
  const isFree =
    position !== undefined &&
    position < pixels.bitsAllocated &&
    (position > pixels.highBit || position <= pixels.highBit - pixels.bitsStored);
  const fits = size.rows === pixels.rows && size.columns === pixels.columns;
  if (!isFree || !fits || pixels.samplesPerPixel !== 1 || pixels.bitsAllocated > 16) return undefined;
  if (numberOf(dataSet, `${group}0100`) !== pixels.bitsAllocated) return undefined;
  const cells = sampleCells(samples);
  return (bit) => ((cells[bit]! >> position) & 1) === 1;
}

function draw({ width, height, channels, data }: Picture, { rows, columns, top, left, isSet }: Plane): void {
  for (let row = Math.max(0, -top); row < rows && row + top < height; row++) {
    for (let column = Math.max(0, -left); column < columns && column + left < width; column++) {
      if (!isSet(row * columns + column)) continue;
      const at = ((row + top) * width + column + left) * channels;
      data.fill(ink, at, at + channels);
    }
  }
}
