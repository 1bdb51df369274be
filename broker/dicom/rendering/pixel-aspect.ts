import type { DicomJson } from '../dicom-json.ts';
import { numbersOf } from './attribute-values.ts';

/** Vertical and horizontal: of one pixel, or its distance to the next (PS3.3 sections C.7.6.3.1.7 and 10.7). */
const ratios = ['00280034', '00280030', '00181164', '00182010'];

/** Beyond this it is no shape of a pixel but a mistake. */
const greatest = 16;

/**
 * Height of a pixel in widths of it, by Pixel Aspect Ratio or one of the spacings.
 * @param attributes of the frame
 */
export function pixelAspect(attributes: DicomJson): number {
  for (const tag of ratios) {
    const [vertical, horizontal] = numbersOf(attributes, tag);
    if (vertical === undefined || horizontal === undefined || !(vertical > 0) || !(horizontal > 0)) continue;
    const aspect = vertical / horizontal;
    if (aspect <= greatest && aspect >= 1 / greatest) return aspect;
  }
  return 1;
}
