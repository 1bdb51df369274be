import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../broker/dicom/codec/decode-frame.ts';
import type { DecodedFrame } from '../../../../broker/dicom/codec/decoded-frame.ts';
import { encodeFrame, losslessSyntaxes } from '../../../../broker/dicom/codec/encode-frame.ts';
import { NativeCodecs } from '../../../../broker/dicom/codec/native-codecs.ts';
import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';

const pixels: PixelDescription = {
  rows: 48,
  columns: 64,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: false,
  numberOfFrames: 1,
};
const frame: DecodedFrame = { samples: noise(pixels), pixels };

/** Samples that hardly compress: a codestream that is cut off always lacks some. */
function noise({ rows, columns, bitsStored }: PixelDescription): Buffer {
  const samples = Buffer.alloc(rows * columns * 2);
  let state = 1;
  for (let at = 0; at < samples.length; at += 2) {
    state = (state * 48_271) % 2_147_483_647;
    samples.writeUInt16LE(state % 2 ** bitsStored, at);
  }
  return samples;
}

const jpegXl = '1.2.840.10008.1.2.4.110';
const encoded = new Map<string, Buffer>();

beforeAll(async () => {
  for (const syntax of losslessSyntaxes) encoded.set(syntax, (await encodeFrame(frame, syntax)).bytes);
  const codecs = await NativeCodecs.shared();
  const layout = { ...pixels, bitsStored: 12 };
  encoded.set(jpegXl, codecs.encode('JpegXl', layout, frame.samples).bytes);
});

const refused = { name: 'BrokerError', code: 'malformed-data-set' };

/** The same frame is decoded as if nothing had happened. */
async function expectUnharmed(syntax: string): Promise<void> {
  const decoded = await decodeFrame(encoded.get(syntax)!, syntax, pixels);
  expect(decoded.samples.equals(frame.samples), syntax).toBe(true);
}

describe.each([...losslessSyntaxes, jpegXl])('a hostile frame of %s', (syntax) => {
  it('that is cut off anywhere is refused, and the next one is decoded', async () => {
    const bytes = encoded.get(syntax)!;
    for (const part of [0, 1, 3, 40, 100, bytes.length >> 2, bytes.length >> 1, bytes.length - 40]) {
      await expect(
        decodeFrame(bytes.subarray(0, part), syntax, pixels),
        `${part} bytes`,
      ).rejects.toMatchObject(refused);
    }
    await expectUnharmed(syntax);
  });

  it('that is larger or smaller than the data set says, or has other samples, is refused', async () => {
    const bytes = encoded.get(syntax)!;
    for (const other of [
      { rows: 47 },
      { rows: 49 },
      { columns: 63 },
      { columns: 0xffff, rows: 0xffff },
      { samplesPerPixel: 3 },
      { bitsAllocated: 8, bitsStored: 8, highBit: 7 },
    ]) {
      // RLE does not say how large it is: only what it lacks shows.
      if (syntax.endsWith('.5') && (other.rows === 47 || other.columns === 63)) continue;
      await expect(
        decodeFrame(bytes, syntax, { ...pixels, ...other }),
        JSON.stringify(other),
      ).rejects.toMatchObject(refused);
    }
    await expectUnharmed(syntax);
  });

  it('whose bytes are changed is refused or decoded to the size it should have, and never harms the next one', async () => {
    const bytes = encoded.get(syntax)!;
    let state = 7;
    for (let attempt = 0; attempt < 24; attempt++) {
      const changed = Buffer.from(bytes);
      for (let change = 0; change < 1 + (attempt % 4); change++) {
        state = (state * 48_271) % 2_147_483_647;
        // Half of them in the header, where the harm is.
        const at = attempt % 2 === 0 ? state % 120 : state % changed.length;
        changed[at] = (state >> 8) & 0xff;
      }
      try {
        expect((await decodeFrame(changed, syntax, pixels)).samples).toHaveLength(64 * 48 * 2);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BrokerError' });
        expect(['malformed-data-set', 'too-large']).toContain((error as { code: string }).code);
      }
    }
    await expectUnharmed(syntax);
  });

  it('that is garbage is refused', async () => {
    await expect(decodeFrame(noise(pixels), syntax, pixels)).rejects.toMatchObject(refused);
    await expect(decodeFrame(Buffer.alloc(5000), syntax, pixels)).rejects.toMatchObject(refused);
  });
});

describe('what cannot be decoded', () => {
  it('is refused before room is made for it where it is too large', async () => {
    const huge = { ...pixels, rows: 0xffff, columns: 0xffff };
    await expect(decodeFrame(Buffer.alloc(64), '1.2.840.10008.1.2.5', huge)).rejects.toThrow(/are allowed/);
    await expect(decodeFrame(Buffer.alloc(64), '1.2.840.10008.1.2.1', huge)).rejects.toThrow(/are allowed/);
  });

  it('says so where nothing here decodes its syntax', async () => {
    for (const syntax of ['1.2.840.10008.1.2.4.100', '1.2.3.4']) {
      await expect(decodeFrame(Buffer.alloc(64), syntax, pixels)).rejects.toMatchObject({
        code: 'not-acceptable',
      });
    }
  });

  it('is refused where a native or deflated frame is too short, or inflates without end', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const deflated = '1.2.840.10008.1.2.8.1';
    const whole = await decodeFrame(deflateRawSync(frame.samples), deflated, pixels);
    expect(whole.samples.equals(frame.samples)).toBe(true);
    for (const bytes of [
      deflateRawSync(Buffer.alloc(10)),
      deflateRawSync(Buffer.alloc(10_000_000)),
      noise(pixels),
    ]) {
      await expect(decodeFrame(bytes, deflated, pixels)).rejects.toMatchObject(refused);
    }
    await expect(decodeFrame(Buffer.alloc(10), '1.2.840.10008.1.2', pixels)).rejects.toMatchObject(refused);
  });
});
