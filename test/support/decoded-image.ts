import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Elements, readElements, textOf } from './read-elements.ts';
import { runTool } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** An image as Debian's tools decode it, which have nothing to do with the gateway. */
export interface DecodedImage extends AsyncDisposable {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  /** Samples of a pixel: 1, or red, green and blue. */
  readonly samples: number;
  readonly rescale: { readonly slope: number; readonly intercept: number };
  /**
   * Stored values, row by row, the samples of a pixel side by side.
   * @param frame counted from 1
   */
  values(frame: number): number[];
  /**
   * A grayscale frame as DCMTK shows it: 8 bits a pixel, row by row.
   * @param window the values, after the rescale, that become black and white
   */
  display(frame: number, window: { readonly lower: number; readonly upper: number }): Promise<number[]>;
}

const rleLossless = '1.2.840.10008.1.2.5';
const jpegLs = ['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.81'];
const jpeg2000 = ['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91'];

/** The tool that decompresses a transfer syntax; dcmconv where it is not compressed. */
function decoderOf(transferSyntax: string): readonly string[] {
  if (transferSyntax === rleLossless) return ['dcmdrle'];
  if (jpegLs.includes(transferSyntax)) return ['dcmdjpls'];
  if (jpeg2000.includes(transferSyntax)) return ['gdcmconv', '--raw'];
  if (transferSyntax.startsWith('1.2.840.10008.1.2.4.')) return ['dcmdjpeg'];
  return ['dcmconv'];
}

/**
 * Decodes a file with DCMTK, and JPEG 2000 with GDCM.
 * @throws Error where the tool cannot
 */
export async function decodeImage(file: string, transferSyntax: string): Promise<DecodedImage> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('decode'));
  const explicit = await uncompress(file, transferSyntax, directory.path);
  const elements = await readElements(explicit);
  const [rows, columns] = [number(elements, '00280010'), number(elements, '00280011')];
  const samples = number(elements, '00280002');
  const length = rows * columns * samples;
  const owned = stack.move();
  return {
    columns,
    rows,
    frames: Number(textOf(elements, '00280008')) || 1,
    samples,
    rescale: {
      slope: Number(textOf(elements, '00281053')) || 1,
      intercept: Number(textOf(elements, '00281052')) || 0,
    },
    values(frame) {
      const values = valuesOf(elements, (frame - 1) * length, length);
      return samples > 1 && number(elements, '00280006') === 1 ? interleaved(values, samples) : values;
    },
    display: (frame, window) => display(explicit, join(directory.path, `${frame}.pgm`), { frame, window }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Display {
  readonly frame: number;
  readonly window: { readonly lower: number; readonly upper: number };
}

async function display(source: string, target: string, { frame, window }: Display): Promise<number[]> {
  const width = window.upper - window.lower + 1;
  const center = (window.lower + window.upper + 1) / 2;
  await run('dcm2pnm', ['+Ww', String(center), String(width), '+F', String(frame), '+op', source, target]);
  const picture = await readFile(target);
  // Four words before the pixels: P5, columns, rows, 255; DCMTK writes no comments.
  const [header = '', columns, rows] =
    /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(picture.toString('latin1', 0, 100)) ?? [];
  return Array.from(picture.subarray(header.length, header.length + Number(columns) * Number(rows)));
}

async function uncompress(file: string, transferSyntax: string, directory: string): Promise<string> {
  const [tool = '', ...options] = decoderOf(transferSyntax);
  const decoded = join(directory, 'decoded.dcm');
  const explicit = join(directory, 'explicit.dcm');
  await run(tool, [...options, file, decoded]);
  // Whatever the decoder wrote, in Little Endian with lengths that are known.
  await run('dcmconv', ['+te', '+e', decoded, explicit]);
  return explicit;
}

async function run(tool: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool(tool, args);
  if (exitCode !== 0) throw new Error(`${tool} ended with exit code ${exitCode}.\n${output.slice(-1000)}`);
}

/** A value of 16 bits; its second byte, where it is zero, was taken for padding. */
function number(elements: Elements, tag: string): number {
  const [low = 0, high = 0] = elements.get(tag) ?? [];
  return low + 256 * high;
}

/** Values of the pixel data, from the one at `start`. */
function valuesOf(elements: Elements, start: number, count: number): number[] {
  const size = number(elements, '00280100') / 8;
  const stored = elements.get('7FE00010') ?? Buffer.alloc(0);
  // Its last byte, where it is zero, was taken for padding.
  const bytes = Buffer.concat([stored.subarray(start * size, (start + count) * size), Buffer.alloc(1)]);
  const isSigned = number(elements, '00280103') === 1;
  const shift = 32 - number(elements, '00280101');
  return Array.from({ length: Math.min(count, Math.floor(bytes.length / size)) }, (_, index) => {
    const value = bytes.readUIntLE(index * size, size);
    return isSigned ? (value << shift) >> shift : value;
  });
}

/** From planes to pixels. */
function interleaved(planes: readonly number[], samples: number): number[] {
  const plane = planes.length / samples;
  return planes.map((_, index) => planes[(index % samples) * plane + Math.floor(index / samples)] ?? 0);
}
