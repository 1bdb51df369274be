import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileMetaHeader } from '../../broker/dicom/file-meta.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type SentInstance, sentInstance } from './sent-instance.ts';
import { type StoreArchive, type StoreArchiveOptions, startStoreArchive } from './store-archive.ts';

/** A gateway in front of an archive that stores as it is told. */
export interface StowScene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly archive: StoreArchive;
  /** URL of the store transaction, for any study. */
  readonly url: string;
  /** Files that are kept of what was sent. */
  spooled(): Promise<string[]>;
}

export async function startStowScene(
  options: StoreArchiveOptions & {
    readonly settings?: Readonly<Record<string, string>>;
    readonly cacheDirectory?: string;
  } = {},
): Promise<StowScene> {
  await using stack = new AsyncDisposableStack();
  const archive = stack.use(await startStoreArchive(options));
  const settings = { DIMSE_RESPONSE_TIMEOUT_IN_SECS: '1', ...options.settings };
  const gateway = stack.use(
    await startGateway({
      archive,
      settings,
      ...(options.cacheDirectory === undefined ? {} : { cacheDirectory: options.cacheDirectory }),
    }),
  );
  const owned = stack.move();
  return {
    gateway,
    archive,
    url: `${gateway.stow}/studies`,
    spooled: () => readdir(join(gateway.cacheDirectory, 'incoming')),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** An instance and the file it comes in. */
export interface InstanceFile extends SentInstance {
  readonly file: Buffer;
}

/** New instances of one study, as DICOM files. */
export function instanceFiles(
  count: number,
  options: Parameters<typeof sentInstance>[0] = {},
): readonly InstanceFile[] {
  const { study } = sentInstance();
  return Array.from({ length: count }, () => instanceFile({ study, ...options }));
}

export function instanceFile(options: Parameters<typeof sentInstance>[0] = {}): InstanceFile {
  const one = sentInstance(options);
  const meta = fileMetaHeader({
    sopClassUid: one.sopClass,
    sopInstanceUid: one.instance,
    transferSyntaxUid: one.transferSyntax,
  });
  return { ...one, file: Buffer.concat([meta, one.dataSet]) };
}
