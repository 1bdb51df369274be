import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../broker/dicom/codec/decode-frame.ts';
import { describeInstance } from '../../../../broker/dicom/describe-instance.ts';
import { readFileMeta } from '../../../../broker/dicom/file-meta.ts';
import { FrameReader } from '../../../../broker/dicom/frames/frame-reader.ts';
import type { InstanceFile } from '../../../../broker/dicom/instance-file.ts';
import { pixelDescriptionOf } from '../../../../broker/dicom/pixel-description.ts';
import { modalityLut, modalityValue } from '../../../../broker/dicom/rendering/modality-lut.ts';
import { renderInstance } from '../../../../broker/dicom/rendering/render-instance.ts';
import type { PictureType, Window } from '../../../../broker/dicom/rendering/rendering-options.ts';
import { sampleCodes, wideValues } from '../../../../broker/dicom/rendering/stored-values.ts';
import { realFiles } from '../../../support/real-files.ts';
import { runTool } from '../../../support/run-tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** What is no picture, or not a whole one, and what is said of it. */
const notRendered: readonly (readonly [RegExp, RegExp])[] = [
  [/^(ExplVR_.*NoMeta|no_meta|rtstruct)\.dcm$/, /no DICOM file/],
  [/^meta_missing_tsyntax\.dcm$/, /Transfer Syntax/],
  // Bytes of its header were replaced; GDCM cannot decode it either.
  [/^JPEG2000-embedded-sequence-delimiter\.dcm$/, /cannot be decoded/],
  [/^MR_truncated\.dcm$/, /not whole/],
  [/^(reportsi.*|test-SR)\.dcm$/, /can be rendered to text\/html/],
  [/^nested_priv_SQ\.dcm$/, /rows and columns/],
  [
    /^(UN_sequence|empty_charset_LEI|no_meta_group_length|priv_SQ|rtplan.*|waveform_ecg|chr(Jap|Korean)Multi.*|chrSQ.*)\.dcm$|^IM0000/,
    /nothing that can be rendered/,
  ],
];

/** What the reference tools get wrong, or do not read. */
const notCompared = new Map([
  [
    'rtdose_expb.dcm',
    'DCMTK swaps samples of 32 bits in Big Endian by words; the picture is that of rtdose.dcm',
  ],
  ['rtdose_expb_1frame.dcm', 'the same'],
  ['SC_rgb_jpeg.dcm', 'its data set is Implicit VR where its syntax says Explicit; no tool reads its pixels'],
]);

interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Buffer;
}

async function fileOf(path: string): Promise<InstanceFile> {
  const bytes = await readFile(path);
  const { dataSetOffset, transferSyntaxUid } = readFileMeta(bytes);
  return { path, size: bytes.length, dataSetOffset, transferSyntaxUid };
}

async function rendered(path: string, mediaType: PictureType, window: Window | undefined): Promise<Raster> {
  const rendition = await renderInstance({
    file: await fileOf(path),
    frame: 1,
    mediaTypes: [mediaType],
    picture: { overlays: true, ...(window === undefined ? {} : { window }) },
  });
  if (!('bytes' in rendition)) throw new Error('This is no picture.');
  const image = sharp(rendition.bytes);
  const isGray = (await sharp(rendition.bytes).metadata()).channels === 1;
  const { data, info } = await (isGray ? image.toColourspace('b-w') : image)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** A window on most of the values that occur, in 256 steps and more; undefined for colour. */
async function windowFor(path: string): Promise<Window | undefined> {
  const file = await fileOf(path);
  const description = describeInstance(file);
  const pixels = pixelDescriptionOf(description.dataSet);
  if (pixels?.samplesPerPixel !== 1) return undefined;
  await using reader = await FrameReader.open(file, { ...description, pixels });
  const vr = description.pixelData?.kind === 'native' ? description.pixelData.vr : 'OW';
  const frame = await decodeFrame(await reader.read(1), file.transferSyntaxUid, pixels, { vr });
  const codes = sampleCodes(frame);
  const stored = codes === undefined ? [...wideValues(frame, false)] : [...codes.codes].map(codes.valueOf);
  const modality = modalityLut(description.dataSet, pixels.isSigned);
  const values = stored.map((value) => modalityValue(modality, value));
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const width = Math.max(2, Math.round((most - least) * 0.8));
  return { center: Math.round((least + most) / 2), width, function: 'LINEAR' };
}

/** The picture that DCMTK makes; of what it cannot decode, after GDCM has decoded it. */
async function reference(
  path: string,
  window: Window | undefined,
  directory: string,
): Promise<Raster | undefined> {
  const target = join(directory, 'reference.pnm');
  const windowing = window === undefined ? [] : ['+Ww', String(window.center), String(window.width)];
  const draw = async (source: string): Promise<boolean> =>
    (await runTool('dcmj2pnm', ['-q', ...windowing, '--frame', '1', source, target])).exitCode === 0;
  if (!(await draw(path))) {
    const decoded = join(directory, 'decoded.dcm');
    await runTool('gdcmconv', ['--raw', path, decoded]);
    if (!(await draw(decoded))) return undefined;
  }
  const bytes = await readFile(target);
  const header = /^P([56])\s+(?:#[^\n]*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 200));
  if (header === null) throw new Error('This is no PNM file.');
  const [start, kind, width, height] = header;
  return {
    width: Number(width),
    height: Number(height),
    channels: kind === '5' ? 1 : 3,
    data: bytes.subarray(start.length),
  };
}

function differenceOf(one: Buffer, other: Buffer): { greatest: number; psnr: number } {
  let [greatest, squares] = [0, 0];
  for (const [at, value] of one.entries()) {
    const difference = Math.abs(value - other[at]!);
    greatest = Math.max(greatest, difference);
    squares += difference ** 2;
  }
  return { greatest, psnr: squares === 0 ? Infinity : 10 * Math.log10(255 ** 2 / (squares / one.length)) };
}

/** Irreversible JPEG 2000: decoders round differently. */
const roundsDifferently = /^(693_J2KI|JPEG2000|jpeg_2000)\.dcm$/;

describe('real files', async () => {
  const files = await realFiles();
  const expected = (path: string): RegExp | undefined =>
    notRendered.find(([name]) => name.test(basename(path)))?.[1];

  it.each(files.map((path) => [basename(path), path] as const))(
    '%s',
    { timeout: 60_000 },
    async (name, path) => {
      // What has no pixels has no window; what that says of it is for renderInstance to say.
      const window = await windowFor(path).catch(() => undefined);
      const reason = expected(path);
      if (reason !== undefined) {
        await expect(rendered(path, 'image/png', window)).rejects.toThrow(reason);
        return;
      }
      const raster = await rendered(path, 'image/png', window);
      if (notCompared.has(name)) return;
      await using directory = await temporaryDirectory('real-pictures');
      const drawn = await reference(path, window, directory.path);
      expect(drawn).toBeDefined();
      expect([raster.width, raster.height, raster.channels]).toEqual([
        drawn?.width,
        drawn?.height,
        drawn?.channels,
      ]);
      const { greatest, psnr } = differenceOf(raster.data, drawn!.data);
      if (roundsDifferently.test(name)) expect(psnr).toBeGreaterThan(40);
      else expect(greatest).toBeLessThanOrEqual(2);
      const lossy = await rendered(path, 'image/jpeg', window);
      expect(differenceOf(lossy.data, raster.data).psnr).toBeGreaterThan(35);
    },
  );
});
