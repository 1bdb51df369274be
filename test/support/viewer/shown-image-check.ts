import { type DecodedImage, displayedPixels } from '../decoded-image.ts';
import type { RealInstance } from '../real-instances.ts';
import type { ShownImage } from './viewer-api.ts';

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
  instance: Pick<RealInstance, 'file' | 'transferSyntax'>,
  { decoded, frame }: { readonly decoded: DecodedImage; readonly frame: number },
): Promise<Deviation> {
  const { slope, intercept } = decoded.rescale;
  const stored = decoded.frames[frame - 1] ?? [];
  const values = stored.map((value) => value * slope + intercept);
  const colors = decoded.samples === 3 ? values : undefined;
  const display = colors ?? (await displayedPixels(instance, frame, shown.window));
  const channels = colors === undefined ? [0] : [0, 1, 2];
  const canvas = Array.from({ length: shown.canvas.length / 4 }, (_, pixel) =>
    channels.map((channel) => shown.canvas[pixel * 4 + channel] ?? NaN),
  ).flat();
  return { values: largestDifference(shown.values, values), canvas: largestDifference(canvas, display) };
}

function largestDifference(some: readonly number[], others: readonly number[]): number {
  if (some.length !== others.length || some.length === 0) {
    throw new Error(`${some.length} values are shown; the image has ${others.length}.`);
  }
  return some.reduce((largest, value, index) => Math.max(largest, Math.abs(value - others[index]!)), 0);
}
