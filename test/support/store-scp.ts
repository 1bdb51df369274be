import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { dcmtkEnvironment } from './dcmtk-tools.ts';
import type { Peer } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface StoreScp extends Peer, AsyncDisposable {
  readonly directory: string;
  output(): string;
  /** The received instances: SOP Instance UID to path of a Part 10 file, its data set as received. */
  received(): Promise<Map<string, string>>;
}

export interface StoreScpOptions {
  /** Default STORESCP. */
  readonly aeTitle?: string;
  readonly port?: number;
  /** True serves several associations at once, each in a process. Default false: one after the other. */
  readonly fork?: boolean;
}

/**
 * Starts DCMTK's storescp (Debian package dcmtk): a receiver that has nothing in common with ours.
 * It accepts every storage SOP class and every transfer syntax that DCMTK knows and writes data sets
 * bit by bit as received, into a directory that is removed on disposal.
 */
export async function startStoreScp(options: StoreScpOptions = {}): Promise<StoreScp> {
  const { aeTitle = 'STORESCP', fork = false } = options;
  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await temporaryDirectory('storescp'));
  const port = options.port ?? (await freePort());
  const child = stack.use(
    await startChild({
      command: 'storescp',
      args: [
        ...(fork ? ['--fork'] : []),
        ...['-aet', aeTitle, '-od', directory, '+B', '+xa', '-pm', '-pdu', '131072', '-dhl', String(port)],
      ],
      env: dcmtkEnvironment(),
      ready: { port },
    }),
  );
  const owned = stack.move();
  return {
    host: '127.0.0.1',
    port,
    aeTitle,
    directory,
    output: child.output,
    received: () => filesByInstance(directory),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** storescp names its files `<modality>.<SOP Instance UID>`. */
async function filesByInstance(directory: string): Promise<Map<string, string>> {
  const names = await readdir(directory);
  return new Map(names.map((name) => [name.replace(/^[^.]*\./, ''), join(directory, name)]));
}
