import { BrokerError } from '../domain/errors.ts';
import type { DicomJson } from './dicom-json.ts';

/** How the samples of an image are laid out (PS3.3 section C.7.6.3). */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  /** 0: the samples of a pixel stand together; 1: each sample has a plane of its own. */
  readonly planarConfiguration: 0 | 1;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  readonly numberOfFrames: number;
}

/**
 * The pixel description of a data set, or undefined where it has no rows and columns. Attributes that
 * are missing have their usual values.
 * @throws BrokerError `malformed-data-set` where a number is outside of what PS3.3 allows
 */
export function pixelDescriptionOf(dataSet: DicomJson): PixelDescription | undefined {
  const rows = numberIn(dataSet, '00280010');
  const columns = numberIn(dataSet, '00280011');
  if (rows === undefined || columns === undefined) return undefined;
  const bitsAllocated = numberIn(dataSet, '00280100') ?? 8;
  const bitsStored = numberIn(dataSet, '00280101') ?? bitsAllocated;
  const samplesPerPixel = numberIn(dataSet, '00280002') ?? 1;
  const photometric = dataSet['00280004']?.Value?.[0];
  const description: PixelDescription = {
    rows,
    columns,
    samplesPerPixel,
    photometricInterpretation:
      typeof photometric === 'string' ? photometric : samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB',
    planarConfiguration: numberIn(dataSet, '00280006') === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    highBit: numberIn(dataSet, '00280102') ?? bitsStored - 1,
    isSigned: numberIn(dataSet, '00280103') === 1,
    numberOfFrames: numberIn(dataSet, '00280008') ?? 1,
  };
  check(description);
  return description;
}

/** Bits of one native frame; a frame of 1-bit samples need not end on a byte (PS3.5 section 8.2). */
export function frameBits({
  rows,
  columns,
  samplesPerPixel,
  bitsAllocated,
  ...rest
}: PixelDescription): number {
  // Two chrominance samples for every two pixels: stored native, it takes two samples a pixel.
  const samples = isHalfChroma({ samplesPerPixel, ...rest }) ? 2 : samplesPerPixel;
  return rows * columns * samples * bitsAllocated;
}

function isHalfChroma({
  samplesPerPixel,
  photometricInterpretation,
}: Pick<PixelDescription, 'samplesPerPixel' | 'photometricInterpretation'>): boolean {
  return samplesPerPixel === 3 && /^YBR_(FULL|PARTIAL)_422$/.test(photometricInterpretation);
}

function check({
  rows,
  columns,
  samplesPerPixel,
  bitsAllocated,
  bitsStored,
  highBit,
  numberOfFrames,
}: PixelDescription): void {
  const isSound =
    within(rows, 1, 0xffff) &&
    within(columns, 1, 0xffff) &&
    within(samplesPerPixel, 1, 4) &&
    (bitsAllocated === 1 || (bitsAllocated % 8 === 0 && within(bitsAllocated, 8, 64))) &&
    within(bitsStored, 1, bitsAllocated) &&
    within(highBit, bitsStored - 1, bitsAllocated - 1) &&
    within(numberOfFrames, 1, 2 ** 31 - 1);
  if (isSound) return;
  throw new BrokerError(
    'malformed-data-set',
    `The image cannot be as it is described: ${columns} columns, ${rows} rows, ${samplesPerPixel} samples of ${bitsStored} bits in ${bitsAllocated} with high bit ${highBit}, ${numberOfFrames} frames.`,
  );
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function numberIn(dataSet: DicomJson, tag: string): number | undefined {
  const value = dataSet[tag]?.Value?.[0];
  return typeof value === 'number' ? value : undefined;
}
