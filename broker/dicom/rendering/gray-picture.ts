import type { DicomJson } from '../dicom-json.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { numberOf, textOf } from './attribute-values.ts';
import { grayOf, grayTable, occurringRange } from './gray-table.ts';
import { GrowingRange } from './growing-range.ts';
import { modalityLut, type ModalityLut, modalityValue } from './modality-lut.ts';
import { pixelPadding } from './pixel-padding.ts';
import type { Window } from './rendering-options.ts';
import { type FrameSamples, type SampleCodes, sampleCodes, wideValues } from './stored-values.ts';
import { brightnessOf, rangeLut, type ValueRange, type VoiLut, voiLut, windowLut } from './voi-lut.ts';

export interface GrayFrame extends FrameSamples {
  /** Of the frame: those of its functional groups come before those of the data set. */
  readonly attributes: DicomJson;
  /** Samples are floating point numbers (7FE0,0008) or (7FE0,0009). */
  readonly isFloat: boolean;
}

/**
 * A frame of one sample a pixel in 8 bits of gray, through Modality LUT, VOI LUT and Presentation LUT
 * Shape (PS3.4 section N.2.1). Pixels that are padding are black.
 * @param window instead of those that the frame has
 */
export function grayPicture(frame: GrayFrame, window?: Window): Uint8Array {
  const codes = frame.isFloat ? undefined : sampleCodes(frame);
  return codes === undefined ? widePicture(frame, window) : codePicture(frame, codes, window);
}

/** What each code looks like is worked out once. */
function codePicture(frame: GrayFrame, samples: SampleCodes, window?: Window): Uint8Array {
  const { attributes, pixels } = frame;
  const modality = modalityLut(attributes, pixels.isSigned);
  const isPadding = pixelPadding(attributes, pixels.isSigned);
  const voi = voiOf(frame, modality, () => occurringRange(samples, modality, isPadding), window);
  const table = grayTable(samples, { modality, voi, isInverse: isInverse(attributes, pixels), isPadding });
  return lookedUp(samples.codes, table);
}

/** Apart from what it is made for: the loop is most of the work. */
function lookedUp(codes: SampleCodes['codes'], table: Uint8Array): Uint8Array {
  const picture = new Uint8Array(codes.length);
  for (let at = 0; at < codes.length; at++) picture[at] = table[codes[at]!]!;
  return picture;
}

function widePicture(frame: GrayFrame, window?: Window): Uint8Array {
  const { attributes, pixels, isFloat } = frame;
  const values = wideValues(frame, isFloat);
  const modality = modalityLut(attributes, pixels.isSigned);
  const isPadding = isFloat ? floatPadding(attributes) : pixelPadding(attributes, pixels.isSigned);
  for (let at = 0; at < values.length; at++) {
    values[at] = isPadding?.(values[at]!) === true ? NaN : modalityValue(modality, values[at]!);
  }
  const occurring = (): ValueRange => {
    const range = new GrowingRange();
    for (let at = 0; at < values.length; at++) range.take(values[at]!);
    return range;
  };
  const voi = voiOf(frame, modality, occurring, window);
  const inverse = isInverse(attributes, pixels);
  const picture = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    picture[at] = Number.isNaN(value) ? 0 : grayOf(brightnessOf(voi, value), inverse);
  }
  return picture;
}

/** Float Pixel Padding Value and its range (PS3.3 section C.7.6.24). */
function floatPadding(attributes: DicomJson): ((value: number) => boolean) | undefined {
  const value = numberOf(attributes, '00280122') ?? numberOf(attributes, '00280123');
  if (value === undefined) return undefined;
  const limit = numberOf(attributes, '00280124') ?? numberOf(attributes, '00280125') ?? value;
  return (stored) => stored >= Math.min(value, limit) && stored <= Math.max(value, limit);
}

/** That of the request, else of the frame, else one that shows all values that there may be. */
function voiOf(
  { attributes, pixels }: GrayFrame,
  modality: ModalityLut,
  occurring: () => ValueRange,
  window: Window | undefined,
): VoiLut {
  if (window !== undefined) return windowLut(window);
  const least = pixels.isSigned ? -(2 ** (pixels.bitsStored - 1)) : 0;
  const own = voiLut(attributes, modalityValue(modality, least) < 0);
  return own ?? rangeLut(impliedRange(attributes, pixels) ?? occurring());
}

function isInverse(attributes: DicomJson, { photometricInterpretation }: PixelDescription): boolean {
  return photometricInterpretation === 'MONOCHROME1' || textOf(attributes, '20500020') === 'INVERSE';
}

/**
 * The range that values without a VOI LUT are meant to have: of a segmentation up to its maximum; of
 * unsigned samples of up to 8 bits all of it, since a screen would show them as they are.
 */
function impliedRange(attributes: DicomJson, pixels: PixelDescription): ValueRange | undefined {
  const isRescaled =
    (numberOf(attributes, '00281053') ?? 1) !== 1 ||
    (numberOf(attributes, '00281052') ?? 0) !== 0 ||
    attributes['00283000'] !== undefined;
  if (pixels.isSigned || pixels.bitsStored > 8 || isRescaled) return undefined;
  return { least: 0, most: numberOf(attributes, '0062000E') ?? 2 ** pixels.bitsStored - 1 };
}
