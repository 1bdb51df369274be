import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { incomingPath } from '../../cache/instance-path.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { ImagingPool } from '../../dicom/imaging/imaging-pool.ts';

/** An instance in another transfer syntax, as a file that is removed when nobody needs it any more. */
export interface TranscodedFile extends AsyncDisposable {
  readonly path: string;
  readonly size: number;
  readonly transferSyntaxUid: string;
}

/** What has to be known of an instance, whether it is cached or not. */
export type TranscodableInstance = Pick<
  StoredInstance,
  'path' | 'size' | 'dataSetOffset' | 'transferSyntaxUid' | 'sopClassUid' | 'instance'
>;

/** Time that an instance may take at least, and for each MiB of it. */
const baseTimeoutMs = 30_000;
const timeoutMsPerMib = 4000;

/** Has instances brought into other transfer syntaxes, in the worker threads for images. */
export class InstanceTranscoder {
  readonly #imaging: ImagingPool;
  readonly #cacheDirectory: string;

  constructor(imaging: ImagingPool, cacheDirectory: string) {
    this.#imaging = imaging;
    this.#cacheDirectory = cacheDirectory;
  }

  /**
   * Transcodes one instance.
   * @throws BrokerError `not-acceptable` where it cannot be brought into that syntax, `malformed-data-set` where
   *   it cannot be decoded, `too-large` where that takes too long or too much memory, `busy`, `cancelled`
   */
  async transcode(instance: TranscodableInstance, to: string, signal: AbortSignal): Promise<TranscodedFile> {
    // A folder of its own: a worker that is told too late to stop finds it gone, and leaves no file behind.
    const folder = incomingPath(this.#cacheDirectory);
    await mkdir(folder, { mode: 0o700 });
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      const path = join(folder, 'transcoded.dcm');
      const { dataSetOffset, size, transferSyntaxUid, sopClassUid } = instance;
      const result = await this.#imaging.run<'transcode-instance'>(
        {
          kind: 'transcode-instance',
          file: { path: instance.path, size, dataSetOffset, transferSyntaxUid },
          sopClassUid,
          sopInstanceUid: instance.instance,
          to,
          outputPath: path,
        },
        { signal, timeoutMs: baseTimeoutMs + Math.ceil(size / 1024 ** 2) * timeoutMsPerMib },
      );
      return { path, ...result, [Symbol.asyncDispose]: remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}
