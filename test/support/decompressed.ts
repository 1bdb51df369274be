import { join } from 'node:path';
import { decodeFrame } from '../../broker/dicom/codec/decode-frame.ts';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { type PydicomFrames, pydicomFrames } from './pydicom-frames.ts';
import { runTool } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The pixel data of a file that a tool has decompressed, samples of a pixel together. */
export async function decompressed(
  path: string,
  tool: string,
): Promise<{ bytes: Buffer; photometric: string }> {
  await using directory = await temporaryDirectory('decompressed');
  const target = join(directory.path, 'native.dcm');
  const { output } = await runTool(tool, [...(tool === 'gdcmconv' ? ['--raw'] : []), path, target]);
  const native = (await pydicomFrames([target])).get(target);
  if (native === undefined) throw new Error(`${tool} did not decompress ${path}: ${output}`);
  const { pixels, frames } = native;
  const all = frames[0]!;
  const frameLength = Math.floor(all.length / pixels.numberOfFrames);
  const parts: Buffer[] = [];
  for (let at = 0; at + frameLength <= all.length; at += frameLength) {
    const frame = all.subarray(at, at + frameLength);
    parts.push((await decodeFrame(frame, explicitVrLittleEndian, { ...pixels, numberOfFrames: 1 })).samples);
  }
  return { bytes: Buffer.concat(parts), photometric: pixels.photometricInterpretation };
}

/** Samples without what stands above their bits, which decoders fill in each in its own way. */
export function storedBits(samples: Buffer, { bitsAllocated, bitsStored }: PydicomFrames['pixels']): Buffer {
  if (bitsAllocated !== 16 || bitsStored === 16) return samples;
  const masked = Buffer.from(samples);
  for (let at = 0; at < masked.length; at += 2) {
    masked.writeUInt16LE(masked.readUInt16LE(at) & (2 ** bitsStored - 1), at);
  }
  return masked;
}
