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

/** Of a picture that is bounded on the other side, or not at all. */
const longestSide = 65_535;

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
  const unit = region?.isRelative === true ? size : { width: 1, height: 1 };
  const across = cut(size.width, scaled(region?.x, unit.width), scaled(region?.width, unit.width));
  const down = cut(size.height, scaled(region?.y, unit.height), scaled(region?.height, unit.height));
  if (across === undefined || down === undefined) {
    throw new BrokerError(
      'bad-request',
      `The region of the viewport parameter lies outside of the image, which has ${size.width} columns and ${size.height} rows.`,
    );
  }
  const isBounded = vw !== undefined || vh !== undefined;
  const stretch = isBounded ? aspect : 1;
  const room = { width: vw ?? longestSide, height: vh ?? longestSide };
  const scale = isBounded ? Math.min(room.width / across.length, room.height / (down.length * stretch)) : 1;
  return {
    left: across.start,
    top: down.start,
    width: across.length,
    height: down.length,
    scaledWidth: clamp(Math.round(across.length * scale), room.width),
    scaledHeight: clamp(Math.round(down.length * stretch * scale), room.height),
    isMirrored: across.isTurned,
    isUpsideDown: down.isTurned,
  };
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value * unit;
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
