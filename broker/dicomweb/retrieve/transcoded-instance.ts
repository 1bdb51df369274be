import { createReadStream } from 'node:fs';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { fileMetaHeader } from '../../dicom/file-meta.ts';
import { toExplicitLittleEndian } from '../../dicom/to-explicit-little-endian.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';

/** Bytes that are read at once. */
const readLength = 512 * 1024;

/**
 * A cached instance as a file in Explicit VR Little Endian, in pieces: the whole is never in memory.
 * @throws BrokerError `malformed-data-set` where the data set cannot be read to its end
 */
export async function* transcodedInstance(
  instance: StoredInstance,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  yield fileMetaHeader({
    sopClassUid: instance.sopClassUid,
    sopInstanceUid: instance.instance,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  const file = createReadStream(instance.path, {
    start: instance.dataSetOffset,
    highWaterMark: readLength,
    signal,
  });
  try {
    yield* toExplicitLittleEndian(file as AsyncIterable<Buffer>, encodingOf(instance.transferSyntaxUid));
  } finally {
    file.destroy();
  }
}
