import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { losslessSyntaxes } from '../../../../broker/dicom/codec/encode-frame.ts';
import {
  type TranscodedInstance,
  transcodeInstance,
} from '../../../../broker/dicom/codec/transcode-instance.ts';
import { readFileMeta } from '../../../../broker/dicom/file-meta.ts';
import type { PixelDescription } from '../../../../broker/dicom/pixel-description.ts';
import { explicitVrLittleEndian } from '../../../../broker/domain/transfer-syntax.ts';
import { decodedDifferences } from '../../../support/decoded-comparison.ts';
import { decompressed, storedBits } from '../../../support/decompressed.ts';
import { pydicomJson } from '../../../support/pydicom.ts';
import { pydicomFrames } from '../../../support/pydicom-frames.ts';
import { realFiles } from '../../../support/real-files.ts';
import { runTool } from '../../../support/run-tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const [jpegLs, htj2k, htj2kRpcl, jpeg2000, jpegLossless, rle] = losslessSyntaxes as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const stack = new AsyncDisposableStack();
let directory: string;
let files: readonly string[];
let last = 0;

beforeAll(async () => {
  directory = stack.use(await temporaryDirectory('transcoded')).path;
  files = await realFiles();
});

afterAll(() => stack.disposeAsync());

function real(name: string): string {
  return files.find((file) => basename(file) === name)!;
}

async function transcoded(path: string, to: string): Promise<TranscodedInstance & { readonly path: string }> {
  const bytes = await readFile(path);
  const { dataSetOffset, transferSyntaxUid, sopClassUid, sopInstanceUid } = readFileMeta(bytes);
  last += 1;
  const outputPath = join(directory, `${last}.dcm`);
  const result = await transcodeInstance({
    file: { path, size: bytes.length, dataSetOffset, transferSyntaxUid },
    sopClassUid: sopClassUid ?? '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: sopInstanceUid ?? '1.2.3',
    to,
    outputPath,
  });
  expect((await readFile(outputPath)).length).toBe(result.size);
  return { ...result, path: outputPath };
}

interface Element {
  readonly VR: string;
  readonly value: string;
}

const elementsProgram = `
import sys, json, warnings
warnings.simplefilter('ignore')
import pydicom
data = pydicom.dcmread(sys.argv[1])
print(json.dumps({str(e.tag)[1:5] + str(e.tag)[7:11]: dict(VR=e.VR, value='' if e.VR in ('OB', 'OW', 'SQ') else str(e.value)) for e in data}))
`;

async function elements(path: string): Promise<Record<string, Element>> {
  return (await pydicomJson(elementsProgram, [path])) as Record<string, Element>;
}

/** Tools that decode what we encoded. GDCM does not know HTJ2K, but its OpenJPEG does. */
const decoders: readonly (readonly [string, string])[] = [
  [jpegLs, 'dcmdjpls'],
  [jpeg2000, 'gdcmconv'],
  [htj2k, 'gdcmconv'],
  [htj2kRpcl, 'gdcmconv'],
  [jpegLossless, 'dcmdjpeg'],
  [rle, 'dcmdrle'],
];

/** The pixels of a file, decoded by us: what those are compared with is in the other tests. */
async function nativeOf(source: string): Promise<{ bytes: Buffer; pixels: PixelDescription }> {
  const { path } = await transcoded(source, explicitVrLittleEndian);
  const { pixels } = (await pydicomFrames([path])).get(path)!;
  return { bytes: (await decompressed(path, 'dcmconv')).bytes, pixels };
}

const natives: Record<string, ReturnType<typeof nativeOf>> = {};

describe('instances that are encoded', () => {
  const sources = [
    'MR_small.dcm',
    'CT_small.dcm',
    'MR_small_bigendian.dcm',
    'image_dfl.dcm',
    'explicit_little.dcm',
    'ExplVR_BigEnd.dcm',
    'SC_rgb_small_odd.dcm',
    'JPEG-lossy.dcm',
    '693_J2KI.dcm',
    'SC_rgb_jpeg_dcmtk.dcm',
    'jpeg_lossless_sel1.dcm',
    'SC_rgb_rle_2frame.dcm',
  ];

  it.each(decoders)(
    'as %s are decoded by %s to the pixels that were stored',
    { timeout: 120_000 },
    async (to, tool) => {
      for (const name of sources) {
        const source = real(name);
        const encoded = await transcoded(source, to);
        expect(encoded.transferSyntaxUid, name).toBe(to);
        if (to === htj2k || to === htj2kRpcl) await asJpeg2000(encoded.path);
        const theirs = await decompressed(encoded.path, tool);
        const { bytes: native, pixels } = await (natives[name] ??= nativeOf(source));
        // Frames of an odd size are followed by a byte of padding.
        const length = Math.min(theirs.bytes.length, native.length);
        expect(length, name).toBeGreaterThan(0);
        const [one, other] = [theirs.bytes, native].map((bytes) =>
          storedBits(bytes.subarray(0, length), pixels),
        );
        expect(one!.equals(other!), `${name} as ${to}`).toBe(true);
      }
    },
  );

  it('are valid files that dcmftest takes, with a Basic Offset Table for every frame', async () => {
    const { path } = await transcoded(real('explicit_little.dcm'), jpegLs);
    expect((await runTool('dcmftest', [path])).stdout).toMatch(/^yes/);
    const { stdout } = await runTool('dcmdump', ['+L', path]);
    const table = /\(fffe,e000\) pi (\S+) +# +(\d+)/.exec(stdout);
    expect(Number(table?.[2])).toBe(16 * 4);
    // pydicom finds the frames by the table.
    expect((await pydicomFrames([path])).get(path)?.frames).toHaveLength(3);
  });

  it('keep their UID and everything but their pixels', async () => {
    const source = real('CT_small.dcm');
    for (const to of [jpegLs, rle]) {
      const [before, after] = [await elements(source), await elements((await transcoded(source, to)).path)];
      expect({ ...after, '7fe00010': 0 }).toEqual({ ...before, '7fe00010': 0 });
      expect(after['00280002']).toBeDefined();
    }
  });

  it('say that their colours are transformed, and interleaved', async () => {
    const after = await elements((await transcoded(real('ExplVR_BigEnd.dcm'), jpeg2000)).path);
    expect([after['00280004']?.value, after['00280006']?.value]).toEqual(['YBR_RCT', '0']);
  });

  it('come uncompressed where they have no pixels', async () => {
    const { path, transferSyntaxUid } = await transcoded(real('test-SR.dcm'), jpegLs);
    expect(transferSyntaxUid).toBe(explicitVrLittleEndian);
    expect(await elements(path)).toEqual(await elements(real('test-SR.dcm')));
  });

  it('are refused with the reason where the syntax cannot hold their samples', async () => {
    await expect(transcoded(real('rtdose.dcm'), jpegLs)).rejects.toMatchObject({
      code: 'not-acceptable',
      message: expect.stringMatching(/32 bits in 32.*8 or 16 bits/) as string,
    });
    await expect(transcoded(real('liver_1frame.dcm'), rle)).rejects.toMatchObject({ code: 'not-acceptable' });
    await expect(transcoded(real('SC_rgb_rle_16bit.dcm'), jpeg2000)).rejects.toMatchObject({
      code: 'not-acceptable',
    });
  });
});

/** Declares an HTJ2K file to be JPEG 2000. */
async function asJpeg2000(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf('1.2.840.10008.1.2.4.20');
  bytes.write('1.2.840.10008.1.2.4.90\0\0', at, 'latin1');
  await writeFile(path, bytes);
}

describe('instances that are decoded', () => {
  it('still say that they have lost something, with ratio and method', async () => {
    for (const [name, method] of [
      ['SC_rgb_jpeg_lossy_gdcm.dcm', 'ISO_10918_1'],
      ['JPEG-lossy.dcm', 'ISO_10918_1'],
      ['JPEG2000.dcm', 'ISO_15444_1'],
    ]) {
      const { path } = await transcoded(real(name!), explicitVrLittleEndian);
      const after = await elements(path);
      expect(after['00282110']?.value, name).toBe('01');
      expect(Number(after['00282112']?.value), name).toBeGreaterThan(1);
      expect(after['00282114']?.value, name).toBe(method);
    }
    for (const name of ['SC_rgb_rle.dcm', 'jpeg_lossless_sel1.dcm', 'MR_small_jp2klossless.dcm']) {
      const { path } = await transcoded(real(name), explicitVrLittleEndian);
      expect((await elements(path))['00282110']?.value, name).not.toBe('01');
    }
  });

  it('have no Extended Offset Table any more', async () => {
    const source = join(directory, 'extended.dcm');
    const program = `
import sys, json, struct, pydicom
data = pydicom.dcmread(sys.argv[1])
data.add_new(0x7fe00001, 'OV', struct.pack('<QQ', 0, 0))
data.add_new(0x7fe00002, 'OV', struct.pack('<QQ', 0, 0))
data.save_as(sys.argv[2])
print('{}')
`;
    await pydicomJson(program, [real('SC_rgb_rle_2frame.dcm'), source]);
    const { path } = await transcoded(source, explicitVrLittleEndian);
    const after = await elements(path);
    expect([after['7fe00001'], after['7fe00002'], after['7fe00010']?.VR]).toEqual([
      undefined,
      undefined,
      'OB',
    ]);
  });

  it('have their icons decoded as well', async () => {
    const source = join(directory, 'icon.dcm');
    const program = `
import sys, json, copy, pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
data = pydicom.dcmread(sys.argv[1])
icon = Dataset()
for name in ('SamplesPerPixel', 'PhotometricInterpretation', 'PlanarConfiguration', 'Rows', 'Columns', 'BitsAllocated', 'BitsStored', 'HighBit', 'PixelRepresentation', 'PixelData'):
    icon[name] = copy.deepcopy(data[name])
data.IconImageSequence = Sequence([icon])
data.save_as(sys.argv[2])
print('{}')
`;
    await pydicomJson(program, [real('SC_rgb_dcmtk_+eb+cy+s2.dcm'), source]);
    const { path } = await transcoded(source, jpegLs);
    const read = `
import sys, json, hashlib, pydicom
data = pydicom.dcmread(sys.argv[1])
icon = data.IconImageSequence[0]
print(json.dumps([icon.PhotometricInterpretation, icon['PixelData'].is_undefined_length, hashlib.md5(icon.PixelData).hexdigest()]))
`;
    const native = (await transcoded(source, explicitVrLittleEndian)).path;
    const whole = (await pydicomFrames([native])).get(native)!.frames[0]!;
    const { createHash } = await import('node:crypto');
    const digest = createHash('md5').update(whole).digest('hex');
    expect(await pydicomJson(read, [path])).toEqual(['RGB', false, digest]);
    expect(await pydicomJson(read, [native])).toEqual(['RGB', false, digest]);
  });

  it('are equal to what another tool decodes, and unchanged in all else', async () => {
    // Every other file: test/broker/real-files-dcmqrscp.integration.test.ts.
    for (const name of ['jpeg_baseline_8bit.dcm', 'SC_rgb_rle_32bit_2frame.dcm', '693_J2KI.dcm']) {
      const source = real(name);
      const { transferSyntaxUid: transferSyntax } = readFileMeta(await readFile(source));
      const { path } = await transcoded(source, explicitVrLittleEndian);
      expect(await decodedDifferences(path, { path: source, transferSyntax }), name).toEqual([]);
    }
  });

  it('are refused where their pixel data is cut off', async () => {
    const whole = await readFile(real('jpeg_lossless_sel1.dcm'));
    const source = join(directory, 'cut.dcm');
    await writeFile(source, whole.subarray(0, whole.length - 20_000));
    await expect(transcoded(source, explicitVrLittleEndian)).rejects.toMatchObject({
      code: 'malformed-data-set',
    });
  });
});
