import type { TranscodedDataSet } from '../../archive/storable-instance.ts';
import type { StoreResult, StoreRun } from '../../archive/store-run.ts';
import { DimseStatus } from '../../domain/dimse-status.ts';
import { BrokerError, toBrokerError } from '../../domain/errors.ts';
import type { ReceivedInstance, RefusedInstance } from './received-instance.ts';
import { type StoreOutcome, isStored } from './store-answer.ts';

export interface StoreTransactionOptions {
  readonly run: StoreRun;
  readonly maxInstances: number;
  /** Decodes an instance whose syntax the archive refuses. */
  readonly transcode: (instance: ReceivedInstance) => Promise<TranscodedDataSet>;
  /** Told of each instance that the archive has stored, as soon as it has. */
  readonly onStored: (instance: ReceivedInstance) => void;
}

/** Instances that have been read and wait for the archive's answer: more are not read meanwhile. */
const maxPending = 16;

/**
 * One store: instances go to the archive while the next ones are being read, and are let go of when it has
 * answered.
 */
export class StoreTransaction {
  readonly #options: StoreTransactionOptions;
  readonly #outcomes: Promise<StoreOutcome>[] = [];
  readonly #refused: RefusedInstance[] = [];
  readonly #results: StoreResult[] = [];
  #pending = 0;
  #wake: (() => void) | undefined;

  constructor(options: StoreTransactionOptions) {
    this.#options = options;
  }

  /**
   * Stores all that a payload yields. Where that breaks off, or the archive cannot be asked, after
   * something has been stored, this is an outcome beside the others.
   * @throws BrokerError what the payload throws, or why the archive cannot be asked, where nothing was stored
   */
  async store(payload: AsyncIterable<ReceivedInstance | RefusedInstance>): Promise<StoreOutcome[]> {
    const fault = await this.#takeAll(payload).then(
      () => undefined,
      (thrown: unknown) => toBrokerError(thrown),
    );
    // The client is gone: what is being sent is sent to its end, and no more is begun.
    if (fault?.code === 'cancelled') this.#options.run.stop();
    const outcomes = await Promise.all(this.#outcomes);
    if (fault?.code === 'cancelled') throw fault;
    if (!outcomes.some(isStored)) {
      const error = fault ?? this.#commonError();
      if (error !== undefined) throw error;
    }
    return fault === undefined ? outcomes : [...outcomes, outcomeOf(fault)];
  }

  async #takeAll(payload: AsyncIterable<ReceivedInstance | RefusedInstance>): Promise<void> {
    for await (const item of payload) {
      if (this.#outcomes.length >= this.#options.maxInstances) {
        if (item.kind === 'received') await item[Symbol.asyncDispose]();
        throw tooMany(this.#options.maxInstances);
      }
      if (item.kind === 'refused') this.#refused.push(item);
      this.#outcomes.push(item.kind === 'refused' ? Promise.resolve(item) : this.#send(item));
      while (this.#pending >= maxPending) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #send(instance: ReceivedInstance): Promise<StoreOutcome> {
    await using _kept = instance;
    const { label, identity } = instance;
    const { transcode } = this.#options;
    this.#pending += 1;
    try {
      const result = await this.#options.run.store({
        ...identity,
        transferSyntaxUid: instance.transferSyntaxUid,
        dataSet: () => instance.dataSet(),
        transcode: () => transcode(instance),
      });
      this.#results.push(result);
      if (result.status === DimseStatus.success) instance.noteSent?.();
      const outcome = { label, ...identity, status: result.status, comment: result.comment };
      if (isStored(outcome)) this.#options.onStored(instance);
      return outcome;
    } finally {
      this.#pending -= 1;
      this.#wake?.();
    }
  }

  /** What is wrong with the request as a whole, or with the archive, rather than with its instances. */
  #commonError(): BrokerError | undefined {
    const count = this.#outcomes.length;
    if (count === 0) return new BrokerError('bad-request', 'The body holds no instances.');
    const [tooLarge] = this.#refused;
    if (tooLarge !== undefined && this.#refused.length === count && this.#refused.every(isTooLarge)) {
      return new BrokerError(
        'too-large',
        `The instance of ${tooLarge.label} is not taken: ${tooLarge.comment}.`,
      );
    }
    const errors = this.#results.flatMap(({ error }) => error ?? []);
    return errors.length === count ? errors[0] : undefined;
  }
}

function isTooLarge({ isTooLarge: is }: RefusedInstance): boolean {
  return is === true;
}

function tooMany(maxInstances: number): BrokerError {
  return new BrokerError(
    'too-large',
    `The body has more than the ${maxInstances} instances allowed (stow.max_instances).`,
  );
}

/** What broke a store off after something had been stored. */
function outcomeOf(fault: BrokerError): StoreOutcome {
  const isFull = fault.code === 'too-large' || fault.code === 'disk-full';
  return {
    label: 'the rest of the request',
    status: isFull ? DimseStatus.outOfResources : DimseStatus.cannotUnderstand,
    comment: fault.message,
  };
}
