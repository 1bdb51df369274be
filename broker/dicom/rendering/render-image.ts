import { BrokerError } from '../../domain/errors.ts';
import { decodeFrame } from '../codec/decode-frame.ts';
import type { DicomJson } from '../dicom-json.ts';
import { FrameReader } from '../frames/frame-reader.ts';
import type { InstanceDescription } from '../instance-description.ts';
import { type PixelDescription, pixelDescriptionOf } from '../pixel-description.ts';
import { numberOf } from './attribute-values.ts';
import { encodePicture } from './encode-picture.ts';
import { frameAttributes } from './frame-attributes.ts';
import { checkPictureSize } from './picture.ts';
import { pixelAspect } from './pixel-aspect.ts';
import { renderFrame } from './render-frame.ts';
import type { PictureType } from './rendering-options.ts';
import type { Rendition, RenditionJob } from './rendition.ts';

export interface ImageToRender {
  readonly description: InstanceDescription;
  readonly job: RenditionJob;
  readonly mediaType: PictureType;
}

/**
 * Renders a frame of an image.
 * @throws BrokerError as `renderInstance`
 */
export async function renderImage({ description, job, mediaType }: ImageToRender): Promise<Rendition> {
  const { dataSet, pixelData, deflated } = description;
  const pixels = pixelDescriptionOf(dataSet);
  if (pixels === undefined) {
    throw new BrokerError('malformed-data-set', 'The image does not say how many rows and columns it has.');
  }
  checkPictureSize(pixels.columns, pixels.rows);
  const frame = frameNumber(job.frame, dataSet, pixels);
  await using reader = await FrameReader.open(job.file, { pixels, pixelData, deflated });
  const stored = await reader.read(frame);
  const vr = pixelData?.kind === 'native' ? pixelData.vr : undefined;
  const decoded = await decodeFrame(
    stored,
    job.file.transferSyntaxUid,
    pixels,
    vr === undefined ? {} : { vr },
  );
  const isFloat = vr === 'OF' || vr === 'OD';
  const picture = renderFrame({ ...decoded, dataSet, frame, isFloat }, job.picture);
  const aspect = pixelAspect(frameAttributes(dataSet, frame));
  return { mediaType, bytes: await encodePicture(picture, aspect, { ...job.picture, mediaType }) };
}

/** Representative Frame Number (0028,6010) is the author's choice. */
function frameNumber(
  wanted: RenditionJob['frame'],
  dataSet: DicomJson,
  { numberOfFrames }: PixelDescription,
): number {
  if (typeof wanted === 'number') return wanted;
  const representative = numberOf(dataSet, '00286010');
  const isThere =
    representative !== undefined &&
    Number.isInteger(representative) &&
    representative >= 1 &&
    representative <= numberOfFrames;
  if (isThere) return representative;
  return wanted === 'first' ? 1 : Math.ceil(numberOfFrames / 2);
}
