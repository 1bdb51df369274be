import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { incomingDirectory } from '../../broker/cache/instance-path.ts';
import type { StoredInstance } from '../../broker/cache/stored-instance.ts';
import type { ScpAssociationEvent } from '../../broker/dimse/store-scp.ts';
import { readUid } from '../../broker/domain/uid.ts';
import type {
  ReceivingInstance,
  ReceivingOptions,
  RefusedInstance,
} from '../../broker/receiving/protocol.ts';
import { Receiver } from '../../broker/receiving/receiver.ts';
import type { Peer } from './dcmtk-tools.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface ReceiverScene extends AsyncDisposable {
  readonly receiver: Receiver;
  /** What it was started with. */
  readonly options: ReceivingOptions;
  /** The store SCP that runs in the receiving thread. */
  readonly peer: Peer;
  readonly cacheDirectory: string;
  /** The receiving thread that runs now. */
  readonly thread: Worker;
  readonly stored: StoredInstance[];
  readonly receiving: ReceivingInstance[];
  readonly refused: RefusedInstance[];
  readonly associations: ScpAssociationEvent[];
  readonly crashes: Error[];
  /** How often it has begun to listen. */
  readonly starts: number;
  /** Lets instances of a study in, as of the archive `main` whose AE title is SCRIPTED. */
  expect(study: string): Promise<Disposable>;
  /** Every file below the cache directory, also those that are not whole. */
  files(): Promise<string[]>;
}

/** Starts the receiving thread on a free port with a cache directory of its own; limits are short. */
export async function startReceiver(options: Partial<ReceivingOptions> = {}): Promise<ReceiverScene> {
  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await temporaryDirectory('receiver'));
  const cacheDirectory = options.cacheDirectory ?? directory;
  await mkdir(incomingDirectory(cacheDirectory), { recursive: true });
  const stored: StoredInstance[] = [];
  const receiving: ReceivingInstance[] = [];
  const refused: RefusedInstance[] = [];
  const associations: ScpAssociationEvent[] = [];
  const crashes: Error[] = [];
  let starts = 0;
  let thread: Worker | undefined;
  const watch = (worker: Worker): void => {
    thread = worker;
  };
  process.on('worker', watch);
  stack.defer(() => void process.off('worker', watch));
  const receivingOptions: ReceivingOptions = {
    aeTitle: 'BROKERSCP',
    host: '127.0.0.1',
    port: 0,
    maxAssociations: 8,
    maxPduLength: 131_072,
    associationTimeoutMs: 400,
    transferTimeoutMs: 400,
    idleTimeoutMs: 2_000,
    quickAck: true,
    unsolicitedArchive: undefined,
    ...options,
    cacheDirectory,
  };
  const receiver = new Receiver(receivingOptions, {
    stored: (instance) => stored.push(instance),
    receiving: (one) => receiving.push(one),
    refused: (one) => refused.push(one),
    association: (event) => associations.push(event),
    listening: () => (starts += 1),
    crashed: (error) => crashes.push(error),
  });
  stack.defer(() => receiver.stop());
  const { port } = await receiver.start();
  const owned = stack.move();
  return {
    receiver,
    options: receivingOptions,
    peer: { host: '127.0.0.1', port, aeTitle: 'BROKERSCP' },
    cacheDirectory,
    get thread() {
      if (thread === undefined) throw new Error('No receiving thread was started.');
      return thread;
    },
    stored,
    receiving,
    refused,
    associations,
    crashes,
    get starts() {
      return starts;
    },
    expect: (text) => {
      const study = readUid(text);
      if (study === undefined) throw new Error(`${text} is no UID.`);
      return receiver.expect({ archive: 'main', study, archiveAeTitle: 'SCRIPTED' });
    },
    files: () => filesBelow(cacheDirectory),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function filesBelow(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  const paths = names.map((name) => join(directory, name));
  const kinds = await Promise.all(
    paths.map(async (path) => (await stat(path).catch(() => undefined))?.isFile()),
  );
  return paths.filter((_path, index) => kinds[index] === true);
}
