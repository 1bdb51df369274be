import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../support/decoded-image.ts';
import { type ArchiveKind, filledArchives } from '../../support/filled-archive.ts';
import { startGateway } from '../../support/gateway.ts';
import { daikonFiles, pydicomTestFiles } from '../../support/real-files.ts';
import type { RealInstance } from '../../support/real-instances.ts';
import { type Deviation, deviationOf } from '../../support/viewer/shown-image-check.ts';
import { type Picture, type ShownImage, type Viewer, startViewer } from '../../support/viewer/viewer.ts';

/** What each file is there for. */
const files: Readonly<Record<string, string>> = {
  'CT_small.dcm': 'Explicit VR Little Endian, with a rescale',
  'MR_small_implicit.dcm': 'Implicit VR Little Endian',
  'MR_small_jpeg_ls_lossless.dcm': 'JPEG-LS',
  'MR_small_jp2klossless.dcm': 'JPEG 2000, lossless',
  'JPEG2000.dcm': 'JPEG 2000',
  'jpeg_lossless_sel1.dcm': 'JPEG Lossless',
  'SC_rgb_jpeg_dcmtk.dcm': 'JPEG baseline, color, from YBR_FULL',
  'SC_rgb_dcmtk_+eb+cy+np.dcm': 'JPEG baseline, color, from YBR_FULL_422',
  'MR_small_RLE.dcm': 'RLE',
  'SC_rgb_rle_2frame.dcm': 'RLE, color, two frames',
  'rtdose.dcm': 'uncompressed, fifteen frames of 32 bits',
  'explicit_little.dcm': 'uncompressed, sixteen frames',
  'jpeg_baseline_8bit.dcm': 'JPEG baseline, 96 frames',
};
const artefacts = fileURLToPath(new URL('../../../test-results/viewer/', import.meta.url));

let viewer: Viewer;
let paths: string[];

beforeAll(async () => {
  const all = [...(await pydicomTestFiles()), ...(await daikonFiles())];
  paths = all.filter((path) => basename(path) in files);
  await mkdir(artefacts, { recursive: true });
  viewer = await startViewer();
});

afterAll(() => viewer[Symbol.asyncDispose]());

/** First, middle and last. */
function somePlaces(count: number): number[] {
  return [...new Set([0, Math.floor(count / 2), count - 1])];
}

interface Seen {
  readonly deviations: readonly Deviation[];
  readonly transferSyntaxes: readonly string[];
  readonly frames: number;
}

async function look(root: string, instance: RealInstance, kind: ArchiveKind): Promise<Seen> {
  const stack = (await viewer.open(root, instance.study)).filter((imageId) =>
    imageId.includes(`/${instance.instance}/`),
  );
  await using decoded = await decodeImage(instance.file, instance.transferSyntax);
  const deviations: Deviation[] = [];
  const transferSyntaxes: string[] = [];
  for (const index of somePlaces(stack.length)) {
    const shown = await viewer.show(stack, index);
    transferSyntaxes.push(shown.transferSyntax);
    deviations.push(await deviationOf(shown, decoded, index + 1));
  }
  await viewer.screenshot(`${artefacts}${kind}-${basename(instance.file)}.png`);
  return {
    deviations,
    transferSyntaxes,
    frames: decoded.frames === stack.length ? stack.length : NaN,
  };
}

describe.each(['dcmqrscp', 'Orthanc'] as const)('a browser viewer in front of a cold %s', (kind) => {
  it('finds the studies and shows each image as other tools decode it', async () => {
    const seen: Record<string, Seen> = {};
    for await (const { archive, scpPort, accepted } of filledArchives(kind, paths)) {
      if (accepted.length === 0) continue;
      await using gateway = await startGateway({ archive, scpPort });
      const root = `${gateway.origin}/dicom-web`;
      expect(new Set(await viewer.workList(root))).toEqual(new Set(accepted.map(({ study }) => study)));
      for (const instance of accepted) {
        seen[basename(instance.file)] = await look(root, instance, kind);
      }
    }
    expect(Object.keys(seen).sort()).toEqual(Object.keys(files).sort());
    for (const [file, { deviations, frames }] of Object.entries(seen)) {
      expect([file, frames]).not.toEqual([file, NaN]);
      for (const { values, canvas } of deviations) {
        expect([file, values]).toEqual([file, 0]);
        // One level of gray: where each program rounds.
        expect([file, canvas <= 1]).toEqual([file, true]);
      }
    }
  }, 180_000);
});

describe.each(['dcmqrscp', 'Orthanc'] as const)('thumbnails in front of a cold %s', (kind) => {
  it('look like the image that they are of', async () => {
    const wanted = ['CT_small.dcm', 'SC_rgb_jpeg_dcmtk.dcm', 'jpeg_lossless_sel1.dcm'];
    const some = paths.filter((path) => wanted.includes(basename(path)));
    for await (const { archive, scpPort, accepted } of filledArchives(kind, some)) {
      for (const { study, series, instance, file } of accepted) {
        await using gateway = await startGateway({ archive, scpPort });
        const root = `${gateway.origin}/dicom-web`;
        const url = `${root}/studies/${study}/series/${series}/instances/${instance}`;
        const thumbnail = await viewer.thumbnail(`${url}/thumbnail`);
        const shown = await viewer.show(await viewer.open(root, study), 0);
        expect([basename(file), averageDifference(thumbnail, shown) < 16]).toEqual([basename(file), true]);
      }
    }
  }, 60_000);
});

/** Of the levels of gray or color, each pixel of the thumbnail against the one at its place in the image. */
function averageDifference(
  { width, height, pixels }: Picture,
  { columns, rows, canvas }: ShownImage,
): number {
  let sum = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [column, row] = [
        Math.floor(((x + 0.5) * columns) / width),
        Math.floor(((y + 0.5) * rows) / height),
      ];
      for (const channel of [0, 1, 2]) {
        const [one, other] = [
          pixels[(y * width + x) * 4 + channel],
          canvas[(row * columns + column) * 4 + channel],
        ];
        sum += Math.abs((one ?? NaN) - (other ?? NaN));
      }
    }
  }
  return sum / (width * height * 3);
}

it('asks for nothing that is not on this machine', () => {
  const hosts = viewer.requests
    .filter(({ url }) => !/^(blob|data):/.test(url))
    .map(({ url }) => new URL(url).hostname);
  expect(hosts.length).toBeGreaterThan(20);
  expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
});

it('asks across origins', () => {
  const foreign = viewer.requests.filter(
    ({ url }) => url.startsWith('http') && !url.startsWith(viewer.origin),
  );
  expect(foreign.some(({ url }) => url.includes('/frames/'))).toBe(true);
  expect(viewer.messages.filter((message) => message.startsWith('error'))).toEqual([]);
});
