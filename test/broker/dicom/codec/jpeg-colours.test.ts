import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../broker/dicom/codec/decode-frame.ts';
import { encodeFrame, jpegBaseline } from '../../../../broker/dicom/codec/encode-frame.ts';
import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';

const pixels: PixelDescription = {
  rows: 16,
  columns: 16,
  samplesPerPixel: 3,
  photometricInterpretation: 'RGB',
  planarConfiguration: 0,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  numberOfFrames: 1,
};
const red = [250, 20, 30];
/** The same colour as YCbCr, which is what the codec finds. */
const redAsYcbcr = [90, 94, 242];
/** As it is encoded: YCbCr, behind a JFIF segment. */
let jfif: Buffer;
/** Without that segment, it does not say what its components are. */
let bare: Buffer;

beforeAll(async () => {
  const samples = Buffer.from(Array.from({ length: 256 }, () => red).flat());
  const encoded = await encodeFrame({ samples, pixels }, jpegBaseline);
  expect(encoded.pixels.photometricInterpretation).toBe('YBR_FULL_422');
  jfif = encoded.bytes;
  expect(jfif.toString('latin1', 6, 10)).toBe('JFIF');
  bare = Buffer.concat([jfif.subarray(0, 2), jfif.subarray(4 + jfif.readUInt16BE(4))]);
});

/** With Adobe's segment, which names the transform. */
function adobe(transform: number): Buffer {
  const segment = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
  return Buffer.concat([bare.subarray(0, 2), segment, bare.subarray(2)]);
}

async function colourOf(bytes: Buffer, photometricInterpretation: string): Promise<number[]> {
  const decoded = await decodeFrame(bytes, jpegBaseline, { ...pixels, photometricInterpretation });
  expect(decoded.pixels.photometricInterpretation).toBe('RGB');
  return [...decoded.samples.subarray(0, 3)];
}

function near(colour: readonly number[]): unknown {
  return colour.map((sample) => expect.closeTo(sample, -0.8) as number);
}

describe('the colours of a JPEG image', () => {
  it('are YCbCr where the data set says so', async () => {
    expect(await colourOf(bare, 'YBR_FULL_422')).toEqual(near(red));
    expect(await colourOf(bare, 'YBR_FULL')).toEqual(near(red));
  });

  it('are RGB where the data set says so and the image does not contradict', async () => {
    expect(await colourOf(bare, 'RGB')).toEqual(near(redAsYcbcr));
  });

  it('are YCbCr where the image has a JFIF segment, whatever the data set says', async () => {
    expect(await colourOf(jfif, 'RGB')).toEqual(near(red));
  });

  it('are what Adobe’s segment says, whatever the data set says', async () => {
    expect(await colourOf(adobe(1), 'RGB')).toEqual(near(red));
    expect(await colourOf(adobe(0), 'YBR_FULL_422')).toEqual(near(redAsYcbcr));
  });

  it('are RGB where the components are named so', async () => {
    const named = Buffer.from(bare);
    const frame = named.indexOf('ffc0', 0, 'hex') + 10;
    const scan = named.indexOf('ffda', 0, 'hex') + 5;
    for (const [index, letter] of Buffer.from('RGB').entries()) {
      named[frame + 3 * index] = letter;
      named[scan + 2 * index] = letter;
    }
    expect(await colourOf(named, 'YBR_FULL_422')).toEqual(near(redAsYcbcr));
  });

  it('of a palette, or of more than 8 bits, are not encoded with loss', async () => {
    const palette = { ...pixels, samplesPerPixel: 1, photometricInterpretation: 'PALETTE COLOR' };
    const wide = { ...pixels, bitsAllocated: 16, bitsStored: 12, highBit: 11 };
    for (const some of [palette, wide]) {
      await expect(
        encodeFrame({ samples: Buffer.alloc(2048), pixels: some }, jpegBaseline),
      ).rejects.toMatchObject({
        code: 'not-acceptable',
      });
    }
  });
});
