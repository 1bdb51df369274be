import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import type { Uid } from '../domain/uid.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { GetOrder } from './protocol.ts';
import type { Receiver } from './receiver.ts';
import type { ReceiverTaps } from './receiver-taps.ts';

/** A receiving thread that runs, and what it tells. */
export interface TappedReceiver {
  readonly receiver: Receiver;
  readonly taps: ReceiverTaps;
}

/** Where the storage SCP is. */
export interface ScpPlace {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

/** What a test retrieval waits for. */
export interface TestExpectation {
  readonly archive: string;
  readonly archiveAeTitle: string;
  readonly study: Uid;
  readonly instance: Uid;
}

/** Something that came while a test retrieval went on. */
export type TestArrival =
  | { readonly kind: 'stored'; readonly instance: string; readonly bytes: number }
  | {
      readonly kind: 'refused';
      readonly instance: string;
      readonly callingAeTitle: string;
      readonly comment: string | undefined;
    }
  | { readonly kind: 'opened'; readonly callingAeTitle: string; readonly peer: string }
  | {
      readonly kind: 'rejected';
      readonly callingAeTitle: string;
      readonly peer: string;
      readonly reason: string;
    };

/** A test retrieval is short; what a busy gateway receives beside it must not pile up. */
const mostArrivals = 200;

/** Lets the instances of one study in, and tells what came. Disposal ends that. */
export class TestReception implements AsyncDisposable {
  readonly place: ScpPlace;
  readonly #receiver: Receiver;
  readonly #instance: Uid;
  readonly #owned: AsyncDisposableStack;
  readonly #arrivals: TestArrival[] = [];
  #hasCome = false;
  #wake: () => void = () => undefined;

  private constructor(
    { receiver }: TappedReceiver,
    place: ScpPlace,
    { instance, owned }: { instance: Uid; owned: AsyncDisposableStack },
  ) {
    this.place = place;
    this.#receiver = receiver;
    this.#instance = instance;
    this.#owned = owned;
  }

  /**
   * @param owned what ends with the reception; it is disposed of where opening fails
   * @throws BrokerError as Receiver.expect, `cancelled` on the signal
   */
  static async open(
    source: TappedReceiver,
    { place, expectation, signal }: { place: ScpPlace; expectation: TestExpectation; signal: AbortSignal },
    owned = new AsyncDisposableStack(),
  ): Promise<TestReception> {
    await using stack = owned.move();
    const { archive, study, instance, archiveAeTitle } = expectation;
    const reception = new TestReception(source, place, { instance, owned: new AsyncDisposableStack() });
    stack.use(source.taps.tap(reception.#tap()));
    const expecting = source.receiver.expect({ archive, study, archiveAeTitle });
    // It may wait for its turn: what comes of it after the signal is let go of when it comes.
    stack.defer(() => void expecting.then((expected) => expected[Symbol.dispose]()).catch(() => undefined));
    await unlessAborted(expecting, signal);
    reception.#owned.use(stack.move());
    return reception;
  }

  get arrivals(): readonly TestArrival[] {
    return this.#arrivals;
  }

  /** Runs a C-GET in the receiving thread. @throws BrokerError as Receiver.get */
  readonly get = (
    order: GetOrder,
    onProgress: (progress: RetrieveProgress) => void,
    signal?: AbortSignal,
  ): Promise<RetrieveEnd> => this.#receiver.get(order, onProgress, signal);

  /** Whether the instance comes within the time; false on the signal too. Never rejects. */
  async waitForInstance(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#hasCome || signal.aborted) return this.#hasCome;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      signal.addEventListener('abort', settle, { once: true });
      this.#wake = settle;
    });
    return this.#hasCome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #tap(): Parameters<ReceiverTaps['tap']>[0] {
    return {
      stored: ({ instance, size }) => {
        this.#add({ kind: 'stored', instance, bytes: size });
        if (instance !== this.#instance) return;
        this.#hasCome = true;
        this.#wake();
      },
      refused: ({ sopInstanceUid, callingAeTitle, comment }) => {
        if (sopInstanceUid !== this.#instance) return;
        this.#add({ kind: 'refused', instance: sopInstanceUid, callingAeTitle, comment });
      },
      association: ({ what, callingAeTitle, peer, reason }) => {
        if (what === 'opened') this.#add({ kind: 'opened', callingAeTitle, peer });
        else if (what === 'refused')
          this.#add({ kind: 'rejected', callingAeTitle, peer, reason: reason ?? 'no reason' });
      },
    };
  }

  #add(arrival: TestArrival): void {
    if (this.#arrivals.length < mostArrivals) this.#arrivals.push(arrival);
  }
}
