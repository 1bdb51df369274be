import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { incomingDirectory } from '../cache/instance-path.ts';
import { Receiver } from './receiver.ts';
import { ReceiverTaps } from './receiver-taps.ts';
import { type ScpPlace, type TappedReceiver, type TestExpectation, TestReception } from './test-reception.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A person waits for what a test retrieval brings. */
const limits = {
  maxAssociations: 8,
  maxPduLength: 131_072,
  associationTimeoutMs: 15_000,
  transferTimeoutMs: 20_000,
  idleTimeoutMs: 30_000,
};

/**
 * Receives what an archive sends that is being checked: at the storage SCP that runs, into its cache; or
 * where none runs, since the gateway is not set up yet, at one of its own, into a directory that goes with it.
 */
export class TestReceiver {
  readonly #running: () => TappedReceiver | undefined;
  /** Settles when the storage SCP that was started last has stopped: there is one port for all. */
  #stopped: Promise<void> = Promise.resolve();

  /** @param running the receiving thread of the gateway, while it runs */
  constructor(running: () => TappedReceiver | undefined) {
    this.#running = running;
  }

  /** @throws BrokerError `configuration` where it cannot listen, `cancelled` on the signal */
  async open(
    expectation: TestExpectation & { readonly place: ScpPlace },
    signal: AbortSignal,
  ): Promise<TestReception> {
    const { place } = expectation;
    const running = this.#running();
    if (running !== undefined) return await TestReception.open(running, { place, expectation, signal });
    await using stack = new AsyncDisposableStack();
    const previous = this.#stopped;
    const stopped = Promise.withResolvers<undefined>();
    this.#stopped = previous.then(() => stopped.promise);
    stack.defer(() => {
      stopped.resolve(undefined);
    });
    await unlessAborted(previous, signal);
    const directory = await mkdtemp(join(tmpdir(), 'dcmrs-check-'));
    stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    await mkdir(incomingDirectory(directory), { recursive: true });
    const taps = new ReceiverTaps(nobody);
    const receiver = new Receiver(
      { ...place, ...limits, cacheDirectory: directory, quickAck: false, unsolicitedArchive: undefined },
      taps,
    );
    stack.defer(() => receiver.stop());
    const { port } = await receiver.start();
    return await TestReception.open(
      { receiver, taps },
      { place: { ...place, port }, expectation, signal },
      stack.move(),
    );
  }
}

const nothing = (): void => undefined;
const nobody = {
  stored: nothing,
  receiving: nothing,
  refused: nothing,
  association: nothing,
  listening: nothing,
  crashed: nothing,
};
