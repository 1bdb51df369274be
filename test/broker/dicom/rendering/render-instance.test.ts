import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDataSet } from '../../../../broker/dicom/data-set-writer.ts';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { fileMetaHeader } from '../../../../broker/dicom/file-meta.ts';
import type { InstanceFile } from '../../../../broker/dicom/instance-file.ts';
import { renderInstance } from '../../../../broker/dicom/rendering/render-instance.ts';
import {
  type Rendition,
  type RenditionJob,
  renderedTypes,
} from '../../../../broker/dicom/rendering/rendition.ts';
import { encodingOf, explicitVrLittleEndian } from '../../../../broker/domain/transfer-syntax.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const stack = new AsyncDisposableStack();
let directory: string;
let files = 0;

beforeAll(async () => {
  directory = stack.use(await temporaryDirectory('render-instance')).path;
});

afterAll(() => stack.disposeAsync());

async function fileOf(
  dataSet: DicomJson,
  transferSyntaxUid: string = explicitVrLittleEndian,
  behind = Buffer.alloc(0),
): Promise<InstanceFile> {
  const path = join(directory, `${++files}.dcm`);
  const meta = fileMetaHeader({ sopClassUid: '1.2', sopInstanceUid: '1.3', transferSyntaxUid });
  const bytes = Buffer.concat([meta, writeDataSet(dataSet, encodingOf(transferSyntaxUid)), behind]);
  await writeFile(path, bytes);
  return { path, size: bytes.length, dataSetOffset: meta.length, transferSyntaxUid };
}

function render(file: InstanceFile, changes: Partial<RenditionJob> = {}): Promise<Rendition> {
  const picture = { overlays: true };
  return renderInstance({ file, frame: 'first', mediaTypes: renderedTypes, picture, ...changes });
}

async function pixelsOf(rendition: Rendition): Promise<number[]> {
  if (!('bytes' in rendition)) throw new Error('This is no picture.');
  return [...(await sharp(rendition.bytes).toColourspace('b-w').raw().toBuffer())];
}

const us = (value: number): DicomJson[string] => ({ vr: 'US', Value: [value] });

/** Frames of one pixel. */
function image(...pixels: number[]): DicomJson {
  return {
    '00280002': us(1),
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280008': { vr: 'IS', Value: [pixels.length] },
    '00280010': us(1),
    '00280011': us(1),
    '00280100': us(8),
    '00280101': us(8),
    '00280102': us(7),
    '00280103': us(0),
    '7FE00010': {
      vr: 'OB',
      InlineBinary: Buffer.from([...pixels, 0])
        .subarray(0, pixels.length + (pixels.length % 2))
        .toString('base64'),
    },
  };
}

const png = { mediaTypes: ['image/png'] };

describe('an image', () => {
  it('is rendered frame by frame', async () => {
    const file = await fileOf(image(10, 20, 30));
    expect(await pixelsOf(await render(file, { ...png, frame: 3 }))).toEqual([30]);
    expect(await pixelsOf(await render(file, { ...png, frame: 'first' }))).toEqual([10]);
    expect(await pixelsOf(await render(file, { ...png, frame: 'middle' }))).toEqual([20]);
    await expect(render(file, { frame: 4 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('stands for all by the frame that it names itself', async () => {
    const file = await fileOf({ ...image(10, 20, 30), '00286010': us(3) });
    expect(await pixelsOf(await render(file, png))).toEqual([30]);
  });

  it('of the wrong media type is refused with those that there are', async () => {
    await expect(render(await fileOf(image(1)), { mediaTypes: ['text/html'] })).rejects.toThrow(
      /image\/jpeg, image\/png/,
    );
  });

  it('that does not say how large it is is refused', async () => {
    const { '00280010': _rows, ...rest } = image(1);
    await expect(render(await fileOf(rest))).rejects.toMatchObject({ code: 'malformed-data-set' });
  });
});

describe('a document', () => {
  const document = (type: string): DicomJson => ({
    '00420011': { vr: 'OB', InlineBinary: Buffer.from('abcdef').toString('base64') },
    '00420012': { vr: 'LO', Value: [type] },
    '00420015': { vr: 'UL', Value: [5] },
  });

  it('is given as it is, to its stated length', async () => {
    expect(await render(await fileOf(document('application/pdf')))).toEqual({
      mediaType: 'application/pdf',
      bytes: Buffer.from('abcde'),
    });
  });

  it('that is large is told by its place', async () => {
    const long = Buffer.alloc(9 * 1024 * 1024, 7);
    const header = Buffer.from([0x42, 0, 0x11, 0, 0x4f, 0x42, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32LE(long.length, 8);
    const behind = Buffer.concat([
      header,
      long,
      Buffer.from([0x42, 0, 0x12, 0, 0x4c, 0x4f, 8, 0]),
      Buffer.from('text/xml'),
    ]);
    const file = await fileOf({}, explicitVrLittleEndian, behind);
    const rendition = await render(file);
    expect(rendition).toEqual({
      mediaType: 'text/xml',
      places: [{ offset: file.dataSetOffset + 12, length: long.length }],
    });
  });

  it('of a kind that a browser could run is not shown', async () => {
    await expect(render(await fileOf(document('text/html')))).rejects.toMatchObject({
      code: 'not-acceptable',
    });
    await expect(render(await fileOf(document('image/svg+xml')))).rejects.toMatchObject({
      code: 'not-acceptable',
    });
  });
});

describe('a video', () => {
  it.each([
    ['1.2.840.10008.1.2.4.100', 'video/mpeg'],
    ['1.2.840.10008.1.2.4.102', 'video/mp4'],
    ['1.2.840.10008.1.2.4.107', 'video/H265'],
  ])('of %s is its fragments as %s', async (syntax, mediaType) => {
    const { '7FE00010': _pixels, ...attributes } = image(1);
    const item = (text: string): Buffer => {
      const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, text.length, 0, 0, 0]);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    const start = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    const pixelData = Buffer.concat([start, item(''), item('abcd'), item('ef'), end]);
    const file = await fileOf(attributes, syntax, pixelData);
    const from = file.size - pixelData.length + start.length + 8;
    expect(await render(file)).toEqual({
      mediaType,
      places: [
        { offset: from + 8, length: 4 },
        { offset: from + 20, length: 2 },
      ],
    });
  });
});

describe('an icon', () => {
  const modality = { '00080060': { vr: 'CS', Value: ['RTSTRUCT'] } };

  it('stands for what has no picture, where one is wanted', async () => {
    const file = await fileOf(modality);
    const rendition = await render(file, {
      ...png,
      icon: true,
      picture: { overlays: false, viewport: { width: 64, height: 64 } },
    });
    if (!('bytes' in rendition)) throw new Error('This is no picture.');
    expect(await sharp(rendition.bytes).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 });
    const other = await render(await fileOf({}), { ...png, icon: true });
    expect('bytes' in other && Buffer.compare(other.bytes, rendition.bytes)).not.toBe(0);
  });

  it('stands for nothing where a rendition is wanted', async () => {
    await expect(render(await fileOf(modality))).rejects.toThrow(
      /\(RTSTRUCT\) has nothing that can be rendered/,
    );
  });
});
