import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { startChild } from './child.ts';
import { dcmqrscpConfiguration, negotiationProfiles } from './dcmqrscp-configuration.ts';
import { registerInstances } from './dcmqrscp-register.ts';
import type { LargeInstance } from './dcmqrscp-register.ts';
import { dcmsend, dcmtkEnvironment } from './dcmtk-tools.ts';
import type { Peer, StoreResult } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface DcmqrscpOptions {
  /** Default DCMQRSCP. */
  readonly aeTitle?: string;
  /** Peers that a C-MOVE may name. */
  readonly moveDestinations: readonly Peer[];
  /** False leaves Nagle's algorithm on, as DCMTK does by itself. Default true. */
  readonly tcpNoDelay?: boolean;
  readonly port?: number;
  /**
   * The one transfer syntax that it proposes when it sends, and prefers when it receives (default
   * Explicit VR Little Endian). dcmqrscp picks the presentation context by SOP class alone, so it
   * cannot send instances of two compressed syntaxes, or compressed and not, in one association.
   */
  readonly transferSyntax?: string;
  /**
   * False makes it take no other transfer syntax, so that a C-GET has no other context for it to pick.
   * Default true.
   */
  readonly takesOtherSyntaxes?: boolean;
}

export interface Dcmqrscp extends Peer, AsyncDisposable {
  readonly pid: number;
  output(): string;
  /** Sends the files by C-STORE. At most 500 studies of at most 1 GiB each: dcmqrscp deletes what is beyond. */
  store(files: readonly string[]): Promise<StoreResult[]>;
  /**
   * Enters generated instances into the index where they lie, of any size; they must stay there.
   * @throws Error where one was not entered
   */
  register(instances: readonly LargeInstance[]): Promise<void>;
}

/**
 * Starts DCMTK's image archive (Debian package dcmtk) with an empty storage area of its own. It
 * answers C-ECHO, C-FIND, C-MOVE, C-GET and C-STORE, for any calling AE title, only under its own.
 */
export async function startDcmqrscp(options: DcmqrscpOptions): Promise<Dcmqrscp> {
  const { aeTitle = 'DCMQRSCP', tcpNoDelay = true, transferSyntax = explicitVrLittleEndian } = options;
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('dcmqrscp'));
  const port = options.port ?? (await freePort());
  const storage = join(directory.path, 'storage');
  const configuration = join(directory.path, 'dcmqrscp.cfg');
  const profiles = join(directory.path, 'profiles.cfg');
  await mkdir(storage);
  await writeFile(
    configuration,
    dcmqrscpConfiguration({ port, aeTitle, storage, moveDestinations: options.moveDestinations }),
  );
  await writeFile(profiles, negotiationProfiles(transferSyntax, options.takesOtherSyntaxes ?? true));
  const child = stack.use(
    await startChild({
      command: 'dcmqrscp',
      // Bit preserving: what a C-STORE brings is written as it came.
      args: ['-c', configuration, '-xf', profiles, 'Incoming', 'Outgoing', '+B', '-dhl'],
      env: dcmtkEnvironment(tcpNoDelay),
      ready: { port },
    }),
  );
  const peer: Peer = { host: '127.0.0.1', port, aeTitle };
  const owned = stack.move();
  return {
    ...peer,
    pid: child.pid,
    output: child.output,
    store: (files) => dcmsend(peer, files, { timeoutMs: 300_000 }),
    register: (instances) => registerInstances(storage, instances),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
