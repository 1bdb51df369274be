import { BrokerError } from '../../domain/errors.ts';
import type { DicomJson } from '../dicom-json.ts';
import { colorPicture } from './color-picture.ts';
import { frameAttributes } from './frame-attributes.ts';
import { grayPicture } from './gray-picture.ts';
import { drawOverlays } from './overlay-planes.ts';
import { palettePicture } from './palette-picture.ts';
import { checkPictureSize, type Picture } from './picture.ts';
import type { PictureOptions } from './rendering-options.ts';
import type { FrameSamples } from './stored-values.ts';

export interface FrameToRender extends FrameSamples {
  /** All of the instance, but for its pixel data. */
  readonly dataSet: DicomJson;
  /** Number from 1. */
  readonly frame: number;
  /** Samples are floating point numbers: Float Pixel Data or Double Float Pixel Data. */
  readonly isFloat: boolean;
}

/**
 * A decoded frame as a screen shows it, in its own size (PS3.4 section N.2).
 * @throws BrokerError `not-acceptable` where it is of a kind that nothing here shows, or too large;
 *   `malformed-data-set` where it is not as it is described
 */
export function renderFrame(
  { dataSet, frame, isFloat, ...samples }: FrameToRender,
  options: Pick<PictureOptions, 'window' | 'overlays'>,
): Picture {
  const { columns, rows, samplesPerPixel, photometricInterpretation } = samples.pixels;
  checkPictureSize(columns, rows);
  const attributes = frameAttributes(dataSet, frame);
  const picture: Picture = { width: columns, height: rows, ...colored() };
  if (options.overlays) drawOverlays(picture, { dataSet, frame, samples });
  return picture;

  function colored(): Pick<Picture, 'channels' | 'data'> {
    if (samplesPerPixel === 3) return { channels: 3, data: colorPicture(samples) };
    if (samplesPerPixel !== 1) {
      throw new BrokerError(
        'not-acceptable',
        `Images of ${samplesPerPixel} samples a pixel (${photometricInterpretation}) cannot be rendered. They can be had as application/dicom.`,
      );
    }
    if (photometricInterpretation === 'PALETTE COLOR') {
      return { channels: 3, data: palettePicture(samples, attributes) };
    }
    return { channels: 1, data: grayPicture({ ...samples, attributes, isFloat }, options.window) };
  }
}
