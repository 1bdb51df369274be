import sharp, { type Sharp } from 'sharp';
import { BrokerError } from '../../domain/errors.ts';
import { type Picture } from './picture.ts';
import { defaultQuality, type PictureOptions, type PictureType } from './rendering-options.ts';
import { viewportGeometry } from './viewport-geometry.ts';

// A worker renders one picture at a time, and no picture twice: threads and memory of its own gain nothing.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels on a side that a media type can have. */
const longestSide: Readonly<Record<PictureType, number>> = {
  'image/jpeg': 65_500,
  'image/png': 65_535,
  'image/webp': 16_383,
  'image/gif': 65_535,
};

/**
 * Cuts, scales and encodes a picture.
 * @param aspect height of a pixel in widths of it; counts where there is a viewport to scale to
 * @throws BrokerError `bad-request` where the viewport's region is outside of the picture, `not-acceptable`
 *   where the media type has no pictures of that size
 */
export async function encodePicture(
  picture: Picture,
  aspect: number,
  { mediaType, quality, viewport }: Pick<PictureOptions, 'mediaType' | 'quality' | 'viewport'>,
): Promise<Buffer> {
  const { width, height, channels, data } = picture;
  let image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  let longest = Math.max(width, height);
  if (viewport !== undefined) {
    const geometry = viewportGeometry(picture, aspect, viewport);
    const { scaledWidth, scaledHeight, left, top } = geometry;
    image = image.extract({ left, top, width: geometry.width, height: geometry.height });
    if (geometry.isUpsideDown) image = image.flip();
    if (geometry.isMirrored) image = image.flop();
    image = image.resize(scaledWidth, scaledHeight, { fit: 'fill', kernel: 'cubic' });
    longest = Math.max(scaledWidth, scaledHeight);
  }
  if (longest > longestSide[mediaType]) {
    throw new BrokerError(
      'not-acceptable',
      `The image has ${longest} pixels on a side; ${mediaType} can have ${longestSide[mediaType]}. A viewport parameter makes it smaller.`,
    );
  }
  const output = encoderOf(
    channels === 1 ? image.toColourspace('b-w') : image,
    mediaType,
    quality ?? defaultQuality,
  );
  // What toBuffer() gives cannot be transferred to another thread.
  const { data: encoded } = await output.toUint8Array();
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function encoderOf(image: Sharp, mediaType: PictureType, quality: number): Sharp {
  switch (mediaType) {
    case 'image/jpeg':
      return image.jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'image/png':
      return image.png({ compressionLevel: 3 });
    case 'image/webp':
      return image.webp({ quality, effort: 2 });
    case 'image/gif':
      return image.gif({ effort: 3 });
  }
}
