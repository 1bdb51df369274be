import { createReadStream } from 'node:fs';
import type { TranscodedDataSet } from '../../archive/storable-instance.ts';
import type { Spool } from '../../cache/spool.ts';
import { fileMetaHeader } from '../../dicom/file-meta.ts';
import { explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { InstanceTranscoder } from '../retrieve/instance-transcoder.ts';
import type { ReceivedInstance } from './received-instance.ts';

const readLength = 256 * 1024;

/**
 * Decodes an instance to Explicit VR Little Endian, for an archive that refuses its syntax. It is written to a
 * file for that, whatever form it came in.
 * @throws BrokerError as InstanceTranscoder.transcode, and `disk-full`
 */
export async function transcodeForStore(
  instance: ReceivedInstance,
  { spool, transcoder }: { readonly spool: Spool; readonly transcoder: InstanceTranscoder },
): Promise<TranscodedDataSet> {
  const { identity, transferSyntaxUid, label } = instance;
  const header = fileMetaHeader({ ...identity, transferSyntaxUid });
  async function* whole(): AsyncGenerator<Buffer, void, undefined> {
    yield header;
    yield* instance.dataSet();
  }
  await using copy = await spool.take(whole(), Infinity, label);
  const file = await transcoder.transcode(
    {
      path: await copy.file(),
      size: copy.length,
      dataSetOffset: header.length,
      transferSyntaxUid,
      sopClassUid: identity.sopClassUid,
      instance: identity.sopInstanceUid,
    },
    explicitVrLittleEndian,
    // What has been taken is sent, also where the client has left. The transcoder has a limit of its own.
    new AbortController().signal,
  );
  const start = fileMetaHeader({ ...identity, transferSyntaxUid: explicitVrLittleEndian }).length;
  return {
    dataSet: () => createReadStream(file.path, { start, highWaterMark: readLength }) as AsyncIterable<Buffer>,
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
