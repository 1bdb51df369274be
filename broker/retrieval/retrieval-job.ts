import { randomUUID } from 'node:crypto';
import type { Cache } from '../cache/cache.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import { type Resource, includes, resourceKey } from '../domain/resource.ts';
import type { Logger } from '../observe/logger.ts';
import { abortable } from './abortable.ts';
import { Audience } from './audience.ts';
import { delay } from './delay.ts';
import { InstanceListing } from './instance-listing.ts';
import type { InstanceSource } from './instance-source.ts';
import type { JobProgress, JobState } from './job-progress.ts';
import { ReceivedInstances } from './received-instances.ts';
import { incompleteError, notFoundError, pendingError } from './retrieval-errors.ts';
import { RetrievalRound } from './retrieval-round.ts';
import type { RetrievalSettings } from './retrieval-settings.ts';
import { mayMeanNotFound, reactionTo } from './retry-policy.ts';
import { Subscription } from './subscription.ts';

export interface JobOptions {
  readonly source: InstanceSource;
  readonly resource: Resource;
  readonly cache: Cache;
  readonly settings: RetrievalSettings;
  readonly logger: Logger;
  /** Lets instances of the study in. */
  readonly expect: () => Promise<Disposable>;
  /** Jobs that are retrieving a part of the same study, at this moment. */
  readonly jobsInside: () => readonly RetrievalJob[];
  readonly onEnd: (job: RetrievalJob) => void;
}

/** One retrieval, whoever asks for it: asks until all is there, and tells all who wait the truth about the end. */
export class RetrievalJob {
  readonly id = randomUUID();
  readonly resource: Resource;
  readonly ended: Promise<void>;
  readonly startedAt = Date.now();
  readonly #options: JobOptions;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #received = new ReceivedInstances();
  readonly #listing: InstanceListing;
  readonly #audience: Audience;
  readonly #hasTried = Promise.withResolvers<undefined>();
  #state: JobState = 'asking';
  #attempt = 0;
  #lastError: BrokerError | undefined;
  #nextTry: 'try again now' | 'try again later' = 'try again now';
  /** Set once it is known how it ended. */
  #end: { readonly error: BrokerError | undefined } | undefined;

  constructor(options: JobOptions) {
    this.#options = options;
    const { source, resource, settings } = options;
    this.resource = resource;
    this.#logger = options.logger.child({ archive: source.name, retrieve: resourceKey(resource) });
    this.#listing = new InstanceListing({
      source,
      resource,
      logger: this.#logger,
      signal: this.#abort.signal,
      onKnown: () => {
        this.#received.watch.sign();
        this.#audience.finishComplete();
      },
    });
    this.#audience = new Audience({
      graceMs: settings.cancelGraceMs,
      isComplete: (part) => this.#isComplete(part),
      onNobody: () => {
        this.cancel('nobody waits for it any more');
      },
    });
    // Whoever makes a job knows it before it can end.
    this.ended = Promise.resolve().then(() => this.#run());
  }

  get state(): JobState {
    return this.#state;
  }

  /** True where it is being given up: it brings nothing to those who come now. */
  get isCancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Settles when the first attempt is over. Never rejects. */
  get tried(): Promise<void> {
    return this.#hasTried.promise;
  }

  get progress(): JobProgress {
    return {
      id: this.id,
      archive: this.#options.source.name,
      resource: this.resource,
      state: this.#state,
      startedAt: this.startedAt,
      attempt: this.#attempt,
      received: this.#received.count,
      receivedBytes: this.#received.bytes,
      expected: this.#listing.isKnown ? this.#listing.expected.count : undefined,
      error: this.#lastError,
    };
  }

  /** How many instances of a resource are known to be missing; undefined where that is not known. */
  missing(resource: Resource): number | undefined {
    return this.#listing.names ? this.#listing.expected.missingIn(resource, this.#received.uids) : undefined;
  }

  /** A view of the retrieval: what has come and what comes. Dispose of it with `leave`. */
  join(resource: Resource): Subscription {
    const subscription = new Subscription(resource);
    for (const instance of this.#options.cache.find(this.#options.source.name, resource)) {
      subscription.offer(instance);
    }
    if (this.#end !== undefined) subscription.finish(this.#end.error);
    this.#audience.add(subscription);
    return subscription;
  }

  /** Ends a view. A retrieval that nobody waits for any more is cancelled after the grace time. */
  leave(subscription: Subscription): void {
    this.#audience.remove(subscription);
  }

  /** Somebody was told to come back within `ms`: the retrieval goes on that long. */
  expectReturn(ms: number): void {
    this.#audience.expectReturn(ms);
  }

  cancel(why: string): void {
    if (this.#abort.signal.aborted) return;
    this.#logger.info({ why }, 'The retrieval is cancelled.');
    this.#abort.abort(new BrokerError('cancelled', `The retrieval was cancelled: ${why}.`));
  }

  /** An instance of the study has been stored. */
  arrived(instance: StoredInstance): void {
    const isOurs = includes(this.resource, { ...instance, level: 'instance' });
    if (isOurs) this.#received.arrived(instance);
    this.#received.watch.sign();
    if (isOurs) this.#audience.offer(instance);
  }

  /** An instance that had come is gone again. */
  lost({ instance }: StoredInstance): void {
    this.#received.lost(instance);
  }

  /** The archive is sending, although no instance is whole yet. */
  active(bytes: number): void {
    this.#received.coming(bytes);
  }

  async #run(): Promise<void> {
    const { cache, source, expect } = this.#options;
    const { signal } = this.#abort;
    using stack = new DisposableStack();
    try {
      stack.use(cache.hold(source.name, this.resource.study));
      for (const instance of cache.find(source.name, this.resource)) this.#received.know(instance);
      const expecting = expect();
      // Where it is cancelled meanwhile, what comes of it is let go of when it comes.
      stack.defer(
        () => void expecting.then((expectation) => expectation[Symbol.dispose]()).catch(() => undefined),
      );
      await abortable(expecting, signal);
      await this.#attempts();
    } catch (thrown) {
      this.#fail(toBrokerError(thrown));
    } finally {
      this.#hasTried.resolve(undefined);
      this.#abort.abort();
      this.#audience.close();
      this.#options.onEnd(this);
    }
  }

  async #attempts(): Promise<void> {
    const { settings } = this.#options;
    for (this.#attempt = 1; this.#attempt <= settings.maxAttempts; this.#attempt += 1) {
      if (this.#attempt > 1 && this.#nextTry === 'try again later') await this.#waitToRetry();
      if (await this.#try()) return;
    }
    this.#attempt = settings.maxAttempts;
    throw this.#lastError ?? new BrokerError('internal', 'A retrieval made no attempt.');
  }

  /** One round. @returns whether all is there */
  async #try(): Promise<boolean> {
    const before = this.#received.arrivedNew;
    const isRepeated = this.#lastError !== undefined;
    const round = new RetrievalRound({
      ...this.#options,
      listing: this.#listing,
      received: this.#received,
      signal: this.#abort.signal,
      inside: this.#options.jobsInside(),
      isFirst: this.#attempt === 1,
    });
    this.#state = 'asking';
    try {
      await round.ask();
      this.#state = 'settling';
      await round.settle();
      if (this.#completeIfWhole(round)) return true;
      this.#lastError = this.#incomplete(round);
      // An archive that sends nothing although it says that it did may need time: tape, cold storage.
      this.#nextTry = this.#received.arrivedNew > before ? 'try again now' : 'try again later';
    } catch (thrown) {
      const error = toBrokerError(thrown);
      // However it ended: what the archive has is there.
      if (this.#listing.names && round.missing === 0) return this.#completeIfWhole(round);
      if (this.#abort.signal.aborted || error.code === 'not-found') throw error;
      if (await this.#isUnknownTo(error)) throw notFoundError(this.resource, this.#options.source.name);
      const { code, message } = error;
      this.#logger.warn({ code, attempt: this.#attempt, received: this.#received.count }, message);
      this.#lastError = error;
      const { count, arrivedNew } = this.#received;
      const hasProgressed = arrivedNew > before;
      const reaction = reactionTo(error, { hasProgressed, isRepeated, hasSome: count > 0 });
      if (reaction === 'give up') throw error;
      this.#nextTry = reaction;
    } finally {
      this.#hasTried.resolve(undefined);
    }
    return false;
  }

  /** Some archives call it a failure where there is nothing to send. */
  async #isUnknownTo(error: BrokerError): Promise<boolean> {
    if (this.#received.count > 0 || !mayMeanNotFound(error)) return false;
    await this.#listing.read();
    return this.#listing.isEmpty;
  }

  /** @throws BrokerError `not-found` where the archive has nothing of it */
  #completeIfWhole(round: RetrievalRound): boolean {
    const { cache, source, settings } = this.#options;
    const { count } = this.#received;
    if (round.isNothingThere) throw notFoundError(this.resource, source.name);
    const { missing } = round;
    if (missing > 0 && !(settings.ignoreMissing && count > 0)) return false;
    if (missing > 0)
      this.#logger.warn({ missing }, 'Instances are missing; wado.ignore_missing_objects lets it pass.');
    if (round.isVouchedFor || settings.ignoreMissing) cache.markComplete(source.name, this.resource, count);
    const ms = Date.now() - this.startedAt;
    this.#logger.info({ instances: count, attempts: this.#attempt, ms }, 'The retrieval is complete.');
    this.#finish('complete', undefined);
    return true;
  }

  async #waitToRetry(): Promise<void> {
    const { retryDelayMs } = this.#options.settings;
    const seconds = retryDelayMs / 1000;
    this.#state = 'waiting to retry';
    this.#logger.info({ seconds, attempt: this.#attempt }, 'The retrieval waits to try again.');
    // Nobody is left hanging for minutes: who waits is told now, and may come back.
    const reason = this.#lastError;
    const isPending = this.#received.count === 0 && reason !== undefined;
    this.#audience.dismiss(isPending ? pendingError(reason, Math.ceil(seconds)) : reason);
    this.#audience.expectReturn(retryDelayMs);
    await delay(retryDelayMs, this.#abort.signal);
  }

  #incomplete(round: RetrievalRound): BrokerError {
    return incompleteError({
      resource: this.resource,
      archive: this.#options.source.name,
      received: this.#received.count,
      missing: round.missing,
      outcome: round.outcome,
    });
  }

  #fail(error: BrokerError): void {
    this.#lastError = error;
    const received = this.#received.count;
    this.#logger.warn({ code: error.code, received }, `The retrieval ended: ${error.message}`);
    if (this.#abort.signal.aborted) this.#finish('cancelled', error);
    else this.#finish(received > 0 ? 'incomplete' : 'failed', error);
  }

  #finish(state: JobState, error: BrokerError | undefined): void {
    this.#state = state;
    this.#end = { error };
    this.#audience.dismiss(error);
  }

  /** A part of what is being retrieved may be whole long before the rest. */
  #isComplete(part: Resource): boolean {
    if (part.level === 'instance') return this.#received.uids.has(part.instance);
    const { names, expected } = this.#listing;
    return names && expected.countIn(part) > 0 && expected.isWhole(part, this.#received.uids);
  }
}
