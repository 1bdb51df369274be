import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture } from '../../../../broker/dicom/rendering/encode-picture.ts';
import { pixelAspect } from '../../../../broker/dicom/rendering/pixel-aspect.ts';
import type { PictureOptions, Viewport } from '../../../../broker/dicom/rendering/rendering-options.ts';
import { viewportGeometry } from '../../../../broker/dicom/rendering/viewport-geometry.ts';

/** 4 × 2, brighter to the right, the lower row by 100 brighter. */
const picture = {
  width: 4,
  height: 2,
  channels: 1,
  data: Uint8Array.from([0, 10, 20, 30, 100, 110, 120, 130]),
} as const;

async function pixelsOf(options: Omit<PictureOptions, 'overlays'>, aspect = 1): Promise<number[]> {
  const decoded = sharp(await encodePicture(picture, aspect, options)).toColourspace('b-w');
  return [...(await decoded.raw().toBuffer())];
}

describe('encoding', () => {
  it('to PNG keeps every pixel', async () => {
    expect(await pixelsOf({ mediaType: 'image/png' })).toEqual([...picture.data]);
  });

  it.each([
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
    ['image/webp', 'webp'],
    ['image/gif', 'gif'],
  ] as const)('makes %s', async (mediaType, format) => {
    const metadata = await sharp(await encodePicture(picture, 1, { mediaType })).metadata();
    expect(metadata).toMatchObject({ format, width: 4, height: 2 });
  });

  it('gives bytes that another thread can be handed, whatever their number', async () => {
    const data = Uint8Array.from({ length: 256 * 256 }, (_, index) => (index * 2_654_435_761) >>> 13);
    const noise = { width: 256, height: 256, channels: 1, data } as const;
    const bytes = await encodePicture(noise, 1, { mediaType: 'image/jpeg', quality: 100 });
    expect(bytes.length).toBeGreaterThan(32_768);
    const copy = Buffer.from(bytes);
    const buffer = bytes.buffer as ArrayBuffer;
    expect(copy.equals(structuredClone(bytes, { transfer: [buffer] }))).toBe(true);
  });

  it('to JPEG has one component for gray, and loses more at a lower quality', async () => {
    const best = await encodePicture(picture, 1, { mediaType: 'image/jpeg', quality: 100 });
    expect((await sharp(best).metadata()).channels).toBe(1);
    const noise = {
      width: 64,
      height: 64,
      channels: 1,
      data: Uint8Array.from({ length: 4096 }, (_, at) => (at * 7919) % 256),
    } as const;
    const lengths = await Promise.all(
      [1, 50, 100].map(
        async (quality) => (await encodePicture(noise, 1, { mediaType: 'image/jpeg', quality })).length,
      ),
    );
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  it('cuts out a region and turns it over', async () => {
    const region = { x: 1, y: 0, width: -2, height: -2 };
    const viewport = { width: 2, height: 2, region };
    expect(await pixelsOf({ mediaType: 'image/png', viewport })).toEqual([120, 110, 20, 10]);
  });

  it('names a viewport as the way out where the media type has no picture of that size', async () => {
    const wide = { width: 20_000, height: 1, channels: 1, data: new Uint8Array(20_000) } as const;
    await expect(encodePicture(wide, 1, { mediaType: 'image/webp' })).rejects.toThrow(/viewport/);
  });
});

describe('a viewport', () => {
  const size = { width: 400, height: 200 };
  const scaled = (viewport: Viewport, aspect = 1): [number, number] => {
    const { scaledWidth, scaledHeight } = viewportGeometry(size, aspect, viewport);
    return [scaledWidth, scaledHeight];
  };

  it('is filled in one direction', () => {
    expect(scaled({ width: 100, height: 100 })).toEqual([100, 50]);
    expect(scaled({ width: 1000, height: 100 })).toEqual([200, 100]);
    expect(scaled({ width: 800, height: 800 })).toEqual([800, 400]);
  });

  it('makes pixels square that are not', () => {
    expect(scaled({ width: 100, height: 100 }, 2)).toEqual([100, 100]);
    expect(scaled({ width: 100, height: 100 }, 4)).toEqual([50, 100]);
  });

  it('shows at least one pixel', () => {
    expect(scaled({ width: 1, height: 1, region: { x: 0, y: 0, width: 400, height: 1 } })).toEqual([1, 1]);
  });

  it('takes of a region what lies within the image', () => {
    const region = { x: 300, y: 100, width: 1000, height: undefined };
    expect(viewportGeometry(size, 1, { width: 100, height: 100, region })).toMatchObject({
      left: 300,
      top: 100,
      width: 100,
      height: 100,
    });
  });

  it('refuses a region outside of the image', () => {
    const region = { x: 400, y: 0, width: 10, height: 10 };
    expect(() => viewportGeometry(size, 1, { width: 9, height: 9, region })).toThrow(
      /400 columns and 200 rows/,
    );
  });
});

describe('the shape of a pixel', () => {
  it('is told by its aspect ratio before its spacing', () => {
    const spacing = { '00280030': { vr: 'DS', Value: [1, 0.5] } };
    expect(pixelAspect(spacing)).toBe(2);
    expect(pixelAspect({ ...spacing, '00280034': { vr: 'IS', Value: [4, 3] } })).toBeCloseTo(4 / 3);
  });

  it('is a square where nothing sensible is told', () => {
    expect(pixelAspect({})).toBe(1);
    expect(pixelAspect({ '00280034': { vr: 'IS', Value: [0, 1] } })).toBe(1);
    expect(pixelAspect({ '00280030': { vr: 'DS', Value: [1000, 1] } })).toBe(1);
  });
});
