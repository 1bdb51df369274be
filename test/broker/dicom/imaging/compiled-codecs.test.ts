import { afterEach, expect, it, vi } from 'vitest';
import { NativeCodecs } from '../../../../broker/dicom/codec/native-codecs.ts';
import { ImagingPool } from '../../../../broker/dicom/imaging/imaging-pool.ts';
import { losslessSyntaxes } from '../../../../broker/dicom/codec/encode-frame.ts';
import { explicitVrLittleEndian } from '../../../../broker/domain/transfer-syntax.ts';

const [jpegLs] = losslessSyntaxes as [string];

const pixels = {
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  numberOfFrames: 1,
} as const;

afterEach(() => {
  vi.restoreAllMocks();
});

async function encoded(): Promise<Uint8Array> {
  const pool = new ImagingPool({ threads: 1 });
  try {
    const { bytes } = await pool.run<'convert-frame'>(
      {
        kind: 'convert-frame',
        bytes: Uint8Array.of(1, 2, 3, 4),
        from: explicitVrLittleEndian,
        to: jpegLs,
        pixels,
      },
      { signal: AbortSignal.timeout(20_000) },
    );
    return bytes;
  } finally {
    await pool.close();
  }
}

it('the codecs are compiled once in the process, whatever threads come and go', async () => {
  const compile = vi.spyOn(WebAssembly, 'compile');
  const first = await encoded();
  const second = await encoded();
  expect(compile).toHaveBeenCalledOnce();
  expect(first).toEqual(second);
  expect(first.length).toBeGreaterThan(20);
});

it('a thread that is told of no module says so to who needs a codec', async () => {
  const failed = Promise.reject(new Error('no such file'));
  failed.catch(() => undefined);
  vi.spyOn(NativeCodecs, 'compiled').mockReturnValue(failed);
  await expect(encoded()).rejects.toMatchObject({
    code: 'internal',
    message: 'The codecs could not be loaded.',
  });
});
