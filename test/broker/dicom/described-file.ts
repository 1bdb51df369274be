import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeInstance, type DescribeOptions } from '../../../broker/dicom/describe-instance.ts';
import { fileMetaHeader } from '../../../broker/dicom/file-meta.ts';
import type { BulkValue } from '../../../broker/dicom/bulk-value.ts';
import type { InstanceDescription } from '../../../broker/dicom/instance-description.ts';
import type { InstanceFile } from '../../../broker/dicom/instance-file.ts';

export interface DataSetFile {
  readonly transferSyntaxUid: string;
  /** Pieces of the data set; a number is a hole of so many zero bytes. */
  readonly dataSet: readonly (Buffer | number)[];
}

/** Writes a DICOM file into the directory; holes take no room on the disk. */
export async function writeInstance(directory: string, file: DataSetFile): Promise<InstanceFile> {
  const { transferSyntaxUid, dataSet } = file;
  const path = join(directory, 'instance.dcm');
  const meta = fileMetaHeader({ sopClassUid: '1.2', sopInstanceUid: '1.3', transferSyntaxUid });
  await writeFile(path, meta);
  const handle = await open(path, 'r+');
  let size = meta.length;
  try {
    for (const piece of dataSet) {
      if (typeof piece !== 'number') await handle.write(piece, 0, piece.length, size);
      size += typeof piece === 'number' ? piece : piece.length;
    }
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
  return { path, size, dataSetOffset: meta.length, transferSyntaxUid };
}

export async function described(
  directory: string,
  file: DataSetFile,
  options?: DescribeOptions,
): Promise<InstanceDescription & { readonly file: InstanceFile }> {
  const written = await writeInstance(directory, file);
  return { ...describeInstance(written, options), file: written };
}

/** The bytes of a value, read from its place in the file. */
export async function bytesAt(
  { path }: InstanceFile,
  { offset, length }: Pick<BulkValue, 'offset' | 'length'>,
): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    return (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer;
  } finally {
    await handle.close();
  }
}
