import type { DicomJson } from '../dicom-json.ts';
import { numberOf } from './attribute-values.ts';

/** True of a stored value that stands for no pixel of the image. */
export type IsPadding = (storedValue: number) => boolean;

/**
 * Which stored values fill an image up to its rectangle: Pixel Padding Value, and with it the range up
 * to Pixel Padding Range Limit (PS3.3 section C.7.5.1.1.2).
 * @returns undefined where there are none
 */
export function pixelPadding(dataSet: DicomJson, isSigned: boolean): IsPadding | undefined {
  const value = asStored(numberOf(dataSet, '00280120'), isSigned);
  if (value === undefined) return undefined;
  const limit = asStored(numberOf(dataSet, '00280121'), isSigned) ?? value;
  const [least, most] = value < limit ? [value, limit] : [limit, value];
  return (stored) => stored >= least && stored <= most;
}

/** It is often written with the other sign than the pixels have. */
function asStored(value: number | undefined, isSigned: boolean): number | undefined {
  if (value === undefined || !Number.isInteger(value)) return undefined;
  if (isSigned) return value > 0x7fff && value <= 0xffff ? value - 0x10000 : value;
  return value < 0 && value >= -0x8000 ? value + 0x10000 : value;
}
