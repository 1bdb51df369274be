import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import type { LargeInstance } from './dcmqrscp-register.ts';
import { elementHeader, encode, fileMeta } from './explicit-encoder.ts';
import { generatedHeader } from './generated-header.ts';
import type { HeaderOptions } from './generated-header.ts';
import { storageSopClasses } from './storage-sop-classes.ts';

export interface StudyOptions {
  /** Created where it does not exist. */
  readonly directory: string;
  readonly instances: number;
  /** Bytes of pixel data in each instance, all frames together: 16-bit samples. */
  readonly pixelBytes: number;
  /** Frames in each instance; more than one makes it a Multi-frame Grayscale Word Secondary Capture. */
  readonly frames?: number;
  /** The instances are dealt out to so many series. Default 1. */
  readonly series?: number;
  readonly patientName?: string;
  readonly patientId?: string;
  readonly studyDate?: string;
}

export interface GeneratedInstance extends LargeInstance {
  readonly series: string;
  readonly instance: string;
}

export interface GeneratedStudy {
  readonly studyUid: string;
  readonly seriesUids: readonly string[];
  /** Paths of the Part 10 files, in the order of their instance numbers. */
  readonly files: readonly string[];
  readonly instances: readonly GeneratedInstance[];
}

/**
 * Writes a study as Part 10 files (Explicit VR Little Endian): CT images, or multi-frame ones where
 * `frames` says so, with pixel data that does not compress. Uses a few MiB whatever the size.
 * @throws Error where the pixel bytes do not divide into frames of a whole number of rows
 */
export async function generateStudy(options: StudyOptions): Promise<GeneratedStudy> {
  const { frames = 1, series = 1 } = options;
  const matrix = matrixOf(options.pixelBytes / frames);
  const studyUid = newUid();
  const seriesUids = Array.from({ length: series }, newUid);
  await mkdir(options.directory, { recursive: true });
  const pixels = new PixelSource();
  const instances: GeneratedInstance[] = [];
  for (let number = 1; number <= options.instances; number += 1) {
    const seriesNumber = ((number - 1) % series) + 1;
    const seriesUid = seriesUids[seriesNumber - 1] ?? '';
    const header = {
      ...options,
      ...matrix,
      frames,
      number,
      seriesNumber,
      study: studyUid,
      series: seriesUid,
    };
    instances.push(await writeInstance(options, header, pixels));
  }
  return { studyUid, seriesUids, files: instances.map(({ file }) => file), instances };
}

async function writeInstance(
  { directory, pixelBytes }: StudyOptions,
  header: Omit<HeaderOptions, 'sopClass' | 'instance'>,
  pixels: PixelSource,
): Promise<GeneratedInstance> {
  const instance = newUid();
  const sopClass = header.frames > 1 ? storageSopClasses.multiFrameGrayscaleWord : storageSopClasses.ct;
  const start = Buffer.concat([
    fileMeta(sopClass, instance, explicitVrLittleEndian),
    encode(generatedHeader({ ...header, sopClass, instance })),
  ]);
  const file = join(directory, `${instance}.dcm`);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(Buffer.concat([start, elementHeader(0x7fe0, 0x0010, 'OW', pixelBytes)]));
    for (const chunk of pixels.take(pixelBytes)) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
  return { file, headerLength: start.length, series: header.series, instance };
}

/** A UID made from a UUID (PS3.5 annex B.2). */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}

function matrixOf(frameBytes: number): { rows: number; columns: number } {
  const samples = frameBytes / 2;
  const columns = 2 ** Math.floor(Math.log2(samples) / 2);
  const rows = samples / columns;
  if (!Number.isInteger(rows) || rows > 0xffff) {
    throw new Error(
      `A frame of ${frameBytes} bytes cannot be made of whole rows of ${columns} 16-bit samples.`,
    );
  }
  return { rows, columns };
}

const blockBytes = 1024 * 1024;

/**
 * Pixel bytes that do not compress: one block from xorshift, sent over and over with a number that
 * changes in every 4 KiB page, so that no two pages are the same.
 */
class PixelSource {
  readonly #block = new Uint32Array(blockBytes / 4);
  #page = 0;

  constructor() {
    let state = 0x9e37_79b9;
    for (let index = 0; index < this.#block.length; index += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#block[index] = state;
    }
  }

  *take(bytes: number): Generator<Uint8Array> {
    for (let left = bytes; left > 0; left -= blockBytes) {
      for (let index = 0; index < this.#block.length; index += 1024) {
        this.#page += 1;
        this.#block[index] = this.#page;
      }
      yield new Uint8Array(this.#block.buffer, 0, Math.min(left, blockBytes));
    }
  }
}
