import type { Association } from '../dimse/association.ts';
import type { AssociationPool } from '../dimse/association-pool.ts';
import type { Permits } from '../dimse/permits.ts';
import { storeScu } from '../dimse/store-scu.ts';
import { DimseStatus } from '../domain/dimse-status.ts';
import { BrokerError, type ErrorCode, toBrokerError } from '../domain/errors.ts';
import type { StorableInstance } from './storable-instance.ts';
import type { StoreContexts } from './store-contexts.ts';
import { storeForm, transferSyntaxNotSupported } from './store-form.ts';

/** What became of an instance. */
export interface StoreResult {
  /** DIMSE status: success, a warning or a failure. */
  readonly status: number;
  /** In plain words, where it is not simply stored. */
  readonly comment?: string | undefined;
  /** Where the archive said nothing of the instance: why not. */
  readonly error?: BrokerError;
}

export interface StoreRunOptions {
  readonly pool: AssociationPool;
  readonly contexts: StoreContexts;
  /** Of the archive: who waits for one gets an association of ours after the instance that is being sent. */
  readonly permits: Permits;
  /** Associations of all runs together. */
  readonly turns: Permits;
  readonly maxAssociations: number;
  readonly queueTimeoutMs: number;
  readonly responseTimeoutMs: number;
}

interface Job {
  readonly instance: StorableInstance;
  readonly settle: (result: StoreResult) => void;
  failures: number;
}

/** Instances in a row that an archive leaves unanswered, after which it is asked no more in this run. */
const mostSilences = 3;

/**
 * The C-STOREs of one request, on several associations at once, each of which sends one instance after the
 * other. What breaks an association costs its own instance only, and that one is tried once more.
 */
export class StoreRun {
  readonly #options: StoreRunOptions;
  readonly #queue: Job[] = [];
  readonly #stopped = new AbortController();
  #workers = 0;
  #maxWorkers: number;
  #silences = 0;
  /** Why the archive is asked no more. */
  #givenUp: BrokerError | undefined;

  constructor(options: StoreRunOptions) {
    this.#options = options;
    this.#maxWorkers = options.maxAssociations;
  }

  /** Sends an instance; settles when the archive has said what became of it. Never rejects. */
  store(instance: StorableInstance): Promise<StoreResult> {
    if (this.#givenUp !== undefined) return Promise.resolve(unanswered(this.#givenUp));
    this.#options.contexts.add(instance.sopClassUid, instance.transferSyntaxUid);
    return new Promise((settle) => {
      this.#queue.push({ instance, settle, failures: 0 });
      this.#startWorker();
    });
  }

  /** Sends what has been begun, and nothing more. */
  stop(): void {
    this.#stopped.abort();
    this.#giveUp(new BrokerError('cancelled', 'The store was given up.'));
  }

  #startWorker(): void {
    if (this.#queue.length === 0 || this.#workers >= this.#maxWorkers) return;
    this.#workers += 1;
    void this.#work().finally(() => {
      this.#workers -= 1;
      this.#startWorker();
    });
  }

  async #work(): Promise<void> {
    const { pool, turns, queueTimeoutMs } = this.#options;
    const { signal } = this.#stopped;
    try {
      for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
        using _turn = await turns.acquire(queueTimeoutMs, signal);
        const { sopClassUid, transferSyntaxUid } = next.instance;
        this.#options.contexts.add(sopClassUid, transferSyntaxUid);
        await pool.use(
          (association) => this.#sendOn(association),
          // What is being sent is sent to its end: the signal counts for the wait before it only.
          signal,
          (association) => hasProposed(association, next.instance),
        );
      }
    } catch (thrown) {
      this.#noAssociation(toBrokerError(thrown));
    }
  }

  /** Fewer associations than hoped for will do; none at all will not. */
  #noAssociation(error: BrokerError): void {
    if (error instanceof StaleAssociation) return;
    if (this.#workers > 1) this.#maxWorkers = this.#workers - 1;
    else this.#giveUp(error);
  }

  /** Sends what the association is fit for, until others wait for it. @throws StaleAssociation */
  async #sendOn(association: Association): Promise<void> {
    const { permits } = this.#options;
    const answersBefore = association.responsesReceived;
    do {
      const job = this.#takeFor(association);
      if (job === undefined) return;
      const error = await this.#send(association, job);
      if (error === undefined) continue;
      // One that was kept, and now answers nothing, was closed by the archive in the meantime.
      const isStale = answersBefore > 0 && association.responsesReceived === answersBefore;
      this.#failed(job, error, isStale);
      if (isStale && error.code === 'association-aborted') throw new StaleAssociation(error);
    } while (association.isIdle && permits.queued === 0);
  }

  #takeFor(association: Association): Job | undefined {
    const place = this.#queue.findIndex(({ instance }) => hasProposed(association, instance));
    return place < 0 ? undefined : this.#queue.splice(place, 1)[0];
  }

  /** @returns why the job is not settled, where it is not */
  async #send(association: Association, job: Job): Promise<BrokerError | undefined> {
    try {
      const form = await storeForm(association, job.instance);
      if ('status' in form) {
        job.settle(form);
        return undefined;
      }
      await using sent = form;
      const { sopClassUid, sopInstanceUid } = job.instance;
      const { status, comment } = await storeScu(
        association,
        { sopClassUid, sopInstanceUid, transferSyntaxUid: sent.transferSyntaxUid, dataSet: sent.dataSet() },
        { timeoutMs: this.#options.responseTimeoutMs, signal: undefined },
      );
      this.#silences = 0;
      job.settle({ status, comment });
      return undefined;
    } catch (thrown) {
      return toBrokerError(thrown);
    }
  }

  #failed(job: Job, error: BrokerError, isStale: boolean): void {
    const isBroken = error.code === 'association-aborted';
    if (isBroken && !isStale) job.failures += 1;
    if (isBroken && job.failures < 2 && this.#givenUp === undefined) {
      this.#queue.unshift(job);
      return;
    }
    job.settle(resultOf(error));
    if (isBroken || error.code === 'archive-timeout') this.#silences += 1;
    else this.#silences = 0;
    if (this.#silences >= mostSilences) this.#giveUp(error);
  }

  #giveUp(error: BrokerError): void {
    this.#givenUp ??= error;
    for (const job of this.#queue.splice(0)) job.settle(unanswered(this.#givenUp));
  }
}

/** Whether the archive took it or not: it has been asked. */
function hasProposed(
  { proposed }: Association,
  { sopClassUid, transferSyntaxUid }: StorableInstance,
): boolean {
  return proposed.some(
    ({ abstractSyntax, transferSyntaxes }) =>
      abstractSyntax === sopClassUid && transferSyntaxes.includes(transferSyntaxUid),
  );
}

function unanswered(error: BrokerError): StoreResult {
  return { status: DimseStatus.processingFailure, comment: error.message, error };
}

/** What one instance failed with. */
function resultOf(error: BrokerError): StoreResult {
  if (error.code === 'archive-refused') {
    return { status: error.dimseStatus ?? DimseStatus.processingFailure, comment: error.message };
  }
  const status = ofInstance.get(error.code);
  return status === undefined ? unanswered(error) : { status, comment: error.message };
}

/** What is wrong with an instance itself, as a failure reason. */
const ofInstance: ReadonlyMap<ErrorCode, number> = new Map([
  ['malformed-data-set', DimseStatus.cannotUnderstand],
  ['not-acceptable', transferSyntaxNotSupported],
  ['too-large', DimseStatus.processingFailure],
]);

/** Tells the pool that the work is to be done on another association. */
class StaleAssociation extends BrokerError {
  constructor(cause: BrokerError) {
    super(cause.code, cause.message, { cause });
  }
}
