import type { DecodedImage } from '../decoded-image.ts';
import type { ShownImage } from './viewer.ts';

/** How far what a viewport shows is from what Debian's tools decode: the largest difference. */
export interface Deviation {
  /** Of the pixel values, after the rescale. */
  readonly values: number;
  /** Of what is on the canvas, 0 to 255; of grayscale images with the same window. */
  readonly canvas: number;
}

/**
 * Compares one frame.
 * @param frame counted from 1
 * @throws Error where the images have different sizes
 */
export async function deviationOf(
  shown: ShownImage,
  decoded: DecodedImage,
  frame: number,
): Promise<Deviation> {
  const { slope, intercept } = decoded.rescale;
  const values = decoded.values(frame).map((value) => value * slope + intercept);
  const isColor = decoded.samples === 3;
  const display = isColor ? values : await decoded.display(frame, shown.window);
  const canvas = shown.canvas.filter((_, index) => (isColor ? index % 4 < 3 : index % 4 === 0));
  return { values: largestDifference(shown.values, values), canvas: largestDifference(canvas, display) };
}

function largestDifference(some: ArrayLike<number>, others: readonly number[]): number {
  if (some.length !== others.length || some.length === 0) {
    throw new Error(`${some.length} values are shown; the image has ${others.length}.`);
  }
  return others.reduce((largest, value, index) => Math.max(largest, Math.abs(value - some[index]!)), 0);
}
