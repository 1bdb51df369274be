import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { icnsFile, icoFile } from '../../build/icon-files.ts';

async function picture(size: number) {
  const image = sharp({ create: { width: size, height: size, channels: 4, background: '#0b4f9e' } });
  return { size, png: await image.png().toBuffer() };
}

const pngBegin = '89504e470d0a1a0a';

describe('icoFile', () => {
  it('has a picture where each entry says', async () => {
    const file = icoFile([await picture(16), await picture(256)]);
    expect(file.readUInt16LE(2)).toBe(1);
    expect(file.readUInt16LE(4)).toBe(2);
    for (const [index, size] of [16, 0].entries()) {
      const entry = 6 + 16 * index;
      expect(file.readUInt8(entry)).toBe(size);
      const offset = file.readUInt32LE(entry + 12);
      expect(file.subarray(offset, offset + 8).toString('hex')).toBe(pngBegin);
    }
    expect(file.length).toBe(file.readUInt32LE(22 + 12) + file.readUInt32LE(22 + 8));
  });
});

describe('icnsFile', () => {
  it('is a chain of parts that ends with the file', async () => {
    const file = icnsFile([await picture(32), await picture(512)]);
    expect(file.toString('latin1', 0, 4)).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const types: string[] = [];
    for (let offset = 8; offset < file.length; offset += file.readUInt32BE(offset + 4)) {
      types.push(file.toString('latin1', offset, offset + 4));
      expect(file.subarray(offset + 8, offset + 16).toString('hex')).toBe(pngBegin);
    }
    expect(types).toEqual(['icp5', 'ic11', 'ic09', 'ic14']);
  });
});
