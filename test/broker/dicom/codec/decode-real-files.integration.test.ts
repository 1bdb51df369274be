import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ybrFullToRgb } from '../../../../broker/dicom/codec/colour-conversion.ts';
import { convertFrame } from '../../../../broker/dicom/codec/convert-frame.ts';
import { decodeFrame } from '../../../../broker/dicom/codec/decode-frame.ts';
import type { DecodedFrame } from '../../../../broker/dicom/codec/decoded-frame.ts';
import { encodeFrame, losslessSyntaxes } from '../../../../broker/dicom/codec/encode-frame.ts';
import { encodingOf, explicitVrLittleEndian } from '../../../../broker/domain/transfer-syntax.ts';
import { type PydicomFrames, pydicomFrames } from '../../../support/pydicom-frames.ts';
import { daikonFiles, pydicomTestFiles } from '../../../support/real-files.ts';
import { decompressed, storedBits } from '../../../support/decompressed.ts';
import { runTool } from '../../../support/run-tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** The tool that each compressed file is compared with. All agree to the last bit, lossy ones too. */
const references: Readonly<Record<string, 'dcmdjpeg' | 'dcmdjpls' | 'dcmdrle' | 'gdcmconv' | RegExp>> = {
  '693_J2KI.dcm': 'gdcmconv',
  'GDCMJ2K_TextGBR.dcm': 'gdcmconv',
  'J2K_pixelrep_mismatch.dcm': 'gdcmconv',
  'JPEG-lossy.dcm': 'dcmdjpeg',
  // Four bytes of its image size are overwritten with the delimiter that it is named after.
  'JPEG2000-embedded-sequence-delimiter.dcm': /its compressed data has 3722445056 × 1024 pixels/,
  'JPEG2000.dcm': 'gdcmconv',
  'JPGExtended.dcm': 'dcmdjpeg',
  'MR_small_RLE.dcm': 'dcmdrle',
  'MR_small_jp2klossless.dcm': 'gdcmconv',
  'MR_small_jpeg_ls_lossless.dcm': 'dcmdjpls',
  'SC_jpeg_no_color_transform.dcm': 'dcmdjpeg',
  'SC_jpeg_no_color_transform_2.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cr.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cy+n1.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cy+n2.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cy+np.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cy+s2.dcm': 'dcmdjpeg',
  'SC_rgb_dcmtk_+eb+cy+s4.dcm': 'dcmdjpeg',
  'SC_rgb_gdcm_KY.dcm': 'gdcmconv',
  // dcmdjpeg stumbles over its VRs.
  'SC_rgb_jpeg.dcm': 'gdcmconv',
  'SC_rgb_jpeg_app14_dcmd.dcm': 'dcmdjpeg',
  'SC_rgb_jpeg_dcmtk.dcm': 'dcmdjpeg',
  'SC_rgb_jpeg_gdcm.dcm': 'dcmdjpeg',
  'SC_rgb_jpeg_lossy_gdcm.dcm': 'dcmdjpeg',
  'SC_rgb_rle.dcm': 'dcmdrle',
  'SC_rgb_rle_16bit.dcm': 'dcmdrle',
  'SC_rgb_rle_16bit_2frame.dcm': 'dcmdrle',
  'SC_rgb_rle_2frame.dcm': 'dcmdrle',
  'SC_rgb_rle_32bit.dcm': 'dcmdrle',
  'SC_rgb_rle_32bit_2frame.dcm': 'dcmdrle',
  'SC_rgb_small_odd_jpeg.dcm': 'dcmdjpeg',
  'rtdose_rle.dcm': 'dcmdrle',
  'rtdose_rle_1frame.dcm': 'dcmdrle',
  'jpeg_2000.dcm': 'gdcmconv',
  'jpeg_baseline_8bit.dcm': 'dcmdjpeg',
  'jpeg_lossless_sel1.dcm': 'dcmdjpeg',
  'jpeg_ls.dcm': 'dcmdjpls',
  'rle.dcm': 'dcmdrle',
};

let files: ReadonlyMap<string, PydicomFrames>;
const decoded = new Map<string, DecodedFrame>();

beforeAll(async () => {
  files = await pydicomFrames([...(await pydicomTestFiles()), ...(await daikonFiles())]);
});

describe('frames of real files', () => {
  it('has an expectation for every compressed file', () => {
    const compressed = [...files].filter(([, { transferSyntaxUid: uid }]) => encodingOf(uid).encapsulated);
    expect(compressed.map(([path]) => basename(path)).sort()).toEqual(Object.keys(references).sort());
  });

  it.for(Object.entries(references))('decodes %s as another tool does', async ([name, expected]) => {
    const [path, stored] = [...files].find(([file]) => basename(file) === name)!;
    const { frames, transferSyntaxUid, pixels } = stored;
    if (expected instanceof RegExp) {
      await expect(decodeFrame(frames[0]!, transferSyntaxUid, pixels)).rejects.toThrow(expected);
      return;
    }
    const reference = await decompressed(path, expected);
    for (const [index, frame] of frames.entries()) {
      const ours = await decodeFrame(frame, transferSyntaxUid, pixels);
      const length = ours.samples.length;
      const theirs = reference.bytes.subarray(index * length, (index + 1) * length);
      expect(storedBits(ours.samples, pixels).equals(storedBits(theirs, pixels))).toBe(true);
      expect(ours.pixels.photometricInterpretation).toBe(reference.photometric);
      decoded.set(`${name} ${index}`, ours);
    }
  });

  it('brings every frame that was decoded back from every lossless syntax that can hold it', async () => {
    const fates: Record<string, number> = {};
    expect(decoded.size).toBeGreaterThan(35);
    for (const [name, frame] of decoded) {
      for (const syntax of losslessSyntaxes) {
        const encoded = await encodeFrame(frame, syntax).catch((error: unknown) => String(error));
        if (typeof encoded === 'string') {
          // 32 bits, or colours of 16 bits in JPEG 2000.
          expect(encoded, name).toMatch(/samples in 8 or 16 bits|colours of more than 8 bits/);
          fates['refused'] = (fates['refused'] ?? 0) + 1;
          continue;
        }
        const back = await decodeFrame(encoded.bytes, syntax, encoded.pixels);
        expect(back.samples.equals(frame.samples), `${name} through ${syntax}`).toBe(true);
        expect(back.pixels, `${name} through ${syntax}`).toEqual(frame.pixels);
        fates['equal'] = (fates['equal'] ?? 0) + 1;
      }
    }
    expect(fates['equal']).toBeGreaterThan(200);
  });

  it('gives the frames of native files the byte order of Little Endian', async () => {
    const byName = (name: string): PydicomFrames => [...files].find(([path]) => basename(path) === name)![1];
    for (const [big, little] of [
      ['MR_small_bigendian.dcm', 'MR_small.dcm'],
      ['rtdose_expb_1frame.dcm', 'rtdose_1frame.dcm'],
      ['liver_expb_1frame.dcm', 'liver_1frame.dcm'],
    ]) {
      const { frames, transferSyntaxUid: from, pixels, vr } = byName(big!);
      const result = await convertFrame({ bytes: frames[0]!, from, to: explicitVrLittleEndian, pixels, vr });
      expect(byName(little!).frames[0]!.subarray(0, result.bytes.length).equals(result.bytes), big).toBe(
        true,
      );
    }
  });

  it('gives each pixel of a native YBR_FULL_422 image its chrominance', async () => {
    const [path, stored] = [...files].find(
      ([file]) => basename(file) === 'SC_ybr_full_422_uncompressed.dcm',
    )!;
    const ours = await decodeFrame(stored.frames[0]!, stored.transferSyntaxUid, stored.pixels);
    expect(ours.pixels).toMatchObject({ photometricInterpretation: 'YBR_FULL', planarConfiguration: 0 });
    await using directory = await temporaryDirectory('ppm');
    const target = join(directory.path, 'image.ppm');
    await runTool('dcm2pnm', ['+op', path, target]);
    const theirs = (await readFile(target)).subarray(-100 * 100 * 3);
    const rgb = Buffer.from(ours.samples);
    ybrFullToRgb(rgb, 8);
    expect(greatestDifference(rgb, theirs)).toBeLessThanOrEqual(2);
  });
});

function greatestDifference(one: Buffer, other: Buffer): number {
  let greatest = 0;
  for (let at = 0; at < one.length; at++) greatest = Math.max(greatest, Math.abs(one[at]! - other[at]!));
  return greatest;
}
