import { createReadStream } from 'node:fs';
import { BrokerError } from '../../domain/errors.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { DataSetEdits } from '../data-set-edits.ts';
import { describeInstance } from '../describe-instance.ts';
import { ElementScanner } from '../element-scanner.ts';
import { ExplicitCopy } from '../explicit-copy.ts';
import { ExplicitWriter } from '../explicit-writer.ts';
import { fileMetaHeader } from '../file-meta.ts';
import { inflateStream } from '../inflate-stream.ts';
import type { InstanceFile } from '../instance-file.ts';
import { vrByTagNumber } from '../vr-by-tag-number.ts';
import { ConvertedFrames } from './converted-frames.ts';
import { canDecode } from './decode-frame.ts';
import { decodedNestedPixelData } from './nested-pixel-data.ts';
import { Part10File } from './part10-file.ts';

export interface InstanceToTranscode {
  readonly file: InstanceFile;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Transfer syntax that is wanted: Explicit VR Little Endian, or one of those that are encoded here. */
  readonly to: string;
  /** A file that does not exist yet. It may be left behind when this fails: who asked removes it. */
  readonly outputPath: string;
}

export interface TranscodedInstance {
  /** Bytes of the file. */
  readonly size: number;
  /** Explicit VR Little Endian where the instance has no pixel data, which cannot be compressed then. */
  readonly transferSyntaxUid: string;
}

/** Bytes of the data set that are in memory at a time. */
const pieceLength = 256 * 1024;

const standardVrs = vrByTagNumber();

/**
 * Writes an instance in another transfer syntax to a file, a frame at a time. Everything but pixel data stays as
 * it is, save for what describes pixels that have changed, and for offset tables. Its SOP Instance UID stays
 * too: nothing is lost that was not lost before (PS3.3 section C.7.6.1.1.5). For worker threads.
 * @throws BrokerError `not-acceptable` where the pixel data cannot be brought into that syntax,
 *   `malformed-data-set` where it cannot be decoded or the data set cannot be read, `too-large` where it takes too
 *   much memory, `cache-damaged` where the file is not as it should be
 */
export async function transcodeInstance(job: InstanceToTranscode): Promise<TranscodedInstance> {
  const description = describeInstance(job.file);
  const nested = await decodedNestedPixelData(job.file, description);
  // Float pixel data counts as none here: nothing compresses it.
  if (!description.bulk.some(({ path }) => path === '7FE00010')) {
    return write({ ...job, to: explicitVrLittleEndian }, nested, undefined);
  }
  const { transferSyntaxUid } = job.file;
  if (!canDecode(transferSyntaxUid)) {
    throw new BrokerError('not-acceptable', `Nothing here decodes the transfer syntax ${transferSyntaxUid}.`);
  }
  await using frames = await ConvertedFrames.open(job, description);
  return await write(job, new Map([...nested, ['', frames.edits]]), frames);
}

async function write(
  job: InstanceToTranscode,
  edits: DataSetEdits,
  frames: ConvertedFrames | undefined,
): Promise<TranscodedInstance> {
  const { file, to, sopClassUid, sopInstanceUid } = job;
  using output = new Part10File(job.outputPath);
  output.append(fileMetaHeader({ sopClassUid, sopInstanceUid, transferSyntaxUid: to }));
  const writer = new ExplicitWriter();
  /** What stands in front of the pixel data, once that is reached. */
  let front: Buffer[] | undefined;
  const pixelData = (): void => {
    front = writer.take(true);
  };
  const copy = new ExplicitCopy(writer, { edits, pixelData });
  const scanner = new ElementScanner(encodingOf(file.transferSyntaxUid), copy, standardVrs);
  for await (const piece of dataSetPieces(file)) {
    scanner.push(piece);
    if (front !== undefined) {
      for (const bytes of front) output.append(bytes);
      front = undefined;
      await frames?.writeTo(output);
    }
    for (const bytes of writer.take(false)) output.append(bytes);
  }
  const { problem } = scanner.end();
  if (problem !== undefined) {
    throw new BrokerError('malformed-data-set', `The data set cannot be converted: ${problem}.`);
  }
  copy.end();
  for (const bytes of writer.take(true)) output.append(bytes);
  return { size: output.size, transferSyntaxUid: to };
}

/** The data set's bytes, inflated, in pieces. */
async function* dataSetPieces(file: InstanceFile): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(file.path, { start: file.dataSetOffset, highWaterMark: pieceLength });
  const { deflated } = encodingOf(file.transferSyntaxUid);
  try {
    yield* deflated ? inflateStream(stream as AsyncIterable<Buffer>) : (stream as AsyncIterable<Buffer>);
  } finally {
    stream.destroy();
  }
}
