import { BrokerError } from '../../domain/errors.ts';
import type { Viewport } from './rendering-options.ts';

/** What is cut out of a picture, and the size and direction that it is given. */
export interface Geometry {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly scaledWidth: number;
  readonly scaledHeight: number;
  readonly isMirrored: boolean;
  readonly isUpsideDown: boolean;
}

/**
 * Fits a region of a picture into a viewport: as large as it can be with its proportions kept, so that it
 * is as wide or as high as the viewport (PS3.18 section 8.3.5.1.3).
 * @param aspect height of a pixel in widths of it
 * @throws BrokerError `bad-request` where the region is outside of the picture
 */
export function viewportGeometry(
  size: { readonly width: number; readonly height: number },
  aspect: number,
  { width: vw, height: vh, region }: Viewport,
): Geometry {
  const across = cut(size.width, region?.x, region?.width);
  const down = cut(size.height, region?.y, region?.height);
  if (across === undefined || down === undefined) {
    throw new BrokerError(
      'bad-request',
      `The region of the viewport parameter lies outside of the image, which has ${size.width} columns and ${size.height} rows.`,
    );
  }
  const scale = Math.min(vw / across.length, vh / (down.length * aspect));
  return {
    left: across.start,
    top: down.start,
    width: across.length,
    height: down.length,
    scaledWidth: clamp(Math.round(across.length * scale), vw),
    scaledHeight: clamp(Math.round(down.length * aspect * scale), vh),
    isMirrored: across.isTurned,
    isUpsideDown: down.isTurned,
  };
}

function clamp(length: number, most: number): number {
  return Math.min(Math.max(length, 1), most);
}

/** What of a region lies within the picture, on one axis; a region without size goes on to the edge. */
function cut(
  size: number,
  from = 0,
  length = size - from,
): { start: number; length: number; isTurned: boolean } | undefined {
  const start = Math.max(0, Math.round(from));
  const end = Math.min(size, Math.round(from + Math.abs(length)));
  return end <= start ? undefined : { start, length: end - start, isTurned: length < 0 };
}
