import type { RetrieveOutcome } from '../archive/archive-retrieve.ts';
import type { RetrieveTarget } from '../archive/retrieve-identifier.ts';
import type { Cache } from '../cache/cache.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import { type Resource, includes, resourceKey } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { ArrivalWatch } from './arrival-watch.ts';
import { ExpectedInstances } from './expected-instances.ts';
import type { InstanceSource } from './instance-source.ts';
import { incompleteError, notFoundError } from './retrieval-errors.ts';
import { delay } from './delay.ts';
import { reactionTo } from './retry-policy.ts';
import type { RetrievalSettings } from './retrieval-settings.ts';
import { Subscription } from './subscription.ts';

export type JobState =
  'asking' | 'settling' | 'waiting to retry' | 'complete' | 'incomplete' | 'failed' | 'cancelled';

/** Where a job stands, for those who look at it. */
export interface JobProgress {
  readonly archive: string;
  readonly resource: Resource;
  readonly state: JobState;
  readonly startedAt: number;
  readonly attempt: number;
  readonly received: number;
  /** Undefined while the archive has not said how many there are. */
  readonly expected: number | undefined;
}

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

/**
 * One retrieval of a study, series or instance, whoever asks for it: asks the archive, waits for late
 * arrivals, asks again for what is missing, and tells everybody who waits the truth about the end.
 */
export class RetrievalJob {
  readonly resource: Resource;
  readonly ended: Promise<void>;
  readonly startedAt = Date.now();
  readonly #options: JobOptions;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #arrivals: ArrivalWatch;
  readonly #expected = new ExpectedInstances();
  readonly #received = new Set<Uid>();
  /** Instances that have arrived since the archive was last asked, again or for the first time. */
  #arrivedSinceAsked = 0;
  readonly #subscriptions = new Set<Subscription>();
  #listing: Promise<boolean> | undefined;
  #isListed = false;
  #state: JobState = 'asking';
  #attempt = 0;
  #interestUntil = 0;
  #giveUp: NodeJS.Timeout | undefined;
  #lastError: BrokerError | undefined;
  #nextTry: 'now' | 'later' = 'now';

  constructor(options: JobOptions) {
    this.#options = options;
    this.resource = options.resource;
    this.#logger = options.logger.child({
      archive: options.source.name,
      retrieve: resourceKey(options.resource),
    });
    this.#arrivals = new ArrivalWatch();
    this.ended = this.#run();
  }

  get state(): JobState {
    return this.#state;
  }

  get progress(): JobProgress {
    return {
      archive: this.#options.source.name,
      resource: this.resource,
      state: this.#state,
      startedAt: this.startedAt,
      attempt: this.#attempt,
      received: this.#received.size,
      expected: this.#isListed ? this.#expected.count : undefined,
    };
  }

  /** Why the last attempt failed, while the job waits to try again. */
  get lastError(): BrokerError | undefined {
    return this.#lastError;
  }

  /** How many instances of a resource are known to be missing; undefined where that is not known. */
  missing(resource: Resource): number | undefined {
    return this.#isListed ? this.#expected.missingIn(resource, this.#received) : undefined;
  }

  /** A view of the retrieval: what has come and what comes. Dispose of it with `leave`. */
  join(resource: Resource): Subscription {
    const subscription = new Subscription(resource);
    this.#subscriptions.add(subscription);
    clearTimeout(this.#giveUp);
    for (const instance of this.#options.cache.find(this.#options.source.name, resource)) {
      subscription.offer(instance);
    }
    this.#finishIfComplete(subscription);
    return subscription;
  }

  /**
   * Ends a view. A retrieval that nobody waits for any more is cancelled after the grace time.
   * @param interestMs for how long whoever leaves is expected to come back
   */
  leave(subscription: Subscription, interestMs = 0): void {
    this.#subscriptions.delete(subscription);
    this.#interestUntil = Math.max(this.#interestUntil, Date.now() + interestMs);
    if (this.#subscriptions.size > 0) return;
    clearTimeout(this.#giveUp);
    const graceMs = this.#options.settings.cancelGraceMs + Math.max(0, this.#interestUntil - Date.now());
    this.#giveUp = setTimeout(() => {
      this.cancel('nobody waits for it any more');
    }, graceMs);
    this.#giveUp.unref();
  }

  cancel(why: string): void {
    if (this.#abort.signal.aborted) return;
    this.#logger.info({ why }, 'The retrieval is cancelled.');
    this.#abort.abort(new BrokerError('cancelled', `The retrieval was cancelled: ${why}.`));
  }

  /** An instance of the study has been stored. */
  arrived(instance: StoredInstance): void {
    this.#arrivals.sign();
    const { study, series } = instance;
    if (!includes(this.resource, { level: 'instance', study, series, instance: instance.instance })) return;
    this.#arrivedSinceAsked += 1;
    this.#received.add(instance.instance);
    for (const subscription of this.#subscriptions) {
      subscription.offer(instance);
      this.#finishIfComplete(subscription);
    }
  }

  /** An instance that had come is gone again. */
  lost({ instance }: StoredInstance): void {
    this.#received.delete(instance);
  }

  /** The archive is sending, although no instance is whole yet. */
  active(): void {
    this.#arrivals.sign();
  }

  async #run(): Promise<void> {
    const { cache, source, expect } = this.#options;
    const hold = cache.hold(source.name, this.resource.study);
    let expectation: Disposable | undefined;
    try {
      for (const { instance } of cache.find(source.name, this.resource)) this.#received.add(instance);
      expectation = await expect();
      await this.#attempts();
    } catch (thrown) {
      this.#fail(toBrokerError(thrown));
    } finally {
      this.#abort.abort();
      clearTimeout(this.#giveUp);
      expectation?.[Symbol.dispose]();
      hold[Symbol.dispose]();
      this.#options.onEnd(this);
    }
  }

  async #attempts(): Promise<void> {
    const { settings } = this.#options;
    for (this.#attempt = 1; this.#attempt <= settings.maxAttempts; this.#attempt += 1) {
      if (this.#attempt > 1 && this.#nextTry === 'later') await this.#waitToRetry();
      if (await this.#try()) return;
    }
    throw this.#lastError ?? this.#incomplete();
  }

  /** One round: asks for all, or for what is missing, and waits for it. @returns whether all is there */
  async #try(): Promise<boolean> {
    const before = this.#received.size;
    const isRepeated = this.#lastError !== undefined;
    this.#state = 'asking';
    try {
      const outcome = await this.#ask();
      this.#state = 'settling';
      await this.#settle(outcome);
      if (await this.#isComplete(outcome)) return true;
      this.#lastError = this.#incomplete(outcome);
      // An archive that sends nothing although it says that it did may need time: tape, cold storage.
      this.#nextTry = this.#received.size > before ? 'now' : 'later';
    } catch (thrown) {
      const error = toBrokerError(thrown);
      if (this.#abort.signal.aborted || error.code === 'not-found') throw error;
      this.#logger.warn(
        { code: error.code, attempt: this.#attempt, received: this.#received.size },
        error.message,
      );
      this.#lastError = error;
      this.#nextTry = this.#afterFailure(error, { progress: this.#received.size > before, isRepeated });
    }
    return false;
  }

  /** @throws BrokerError the error itself where another try is not worth it */
  #afterFailure(
    error: BrokerError,
    { progress, isRepeated }: { progress: boolean; isRepeated: boolean },
  ): 'now' | 'later' {
    // Some came before it failed: what is missing is worth one more request, whatever the reason.
    if (progress) return 'now';
    const reaction = reactionTo(error);
    if (reaction === 'try again later') return 'later';
    if (reaction === 'try again now' && !isRepeated) return 'now';
    if (reaction === 'try again now' && this.#received.size > 0) return 'later';
    throw error;
  }

  /** @returns undefined where nothing needed to be asked for */
  async #ask(): Promise<RetrieveOutcome | undefined> {
    const { source } = this.#options;
    this.#arrivedSinceAsked = 0;
    const inside = this.#options.jobsInside();
    const isFresh = this.#attempt === 1 && this.#received.size === 0 && inside.length === 0;
    // With one association the listing would wait behind the whole retrieval.
    if (!isFresh || source.maxAssociations === 1) await this.#list();
    else if (this.resource.level !== 'instance') void this.#list();
    const targets = isFresh ? [{ resource: this.resource }] : this.#missingTargets(inside);
    let last: RetrieveOutcome | undefined;
    for (const target of targets) last = await this.#retrieve(target);
    await Promise.all(inside.map((job) => job.ended));
    return targets.length === 1 ? last : undefined;
  }

  #missingTargets(inside: readonly RetrievalJob[]): readonly RetrieveTarget[] {
    if (!this.#isListed || this.resource.level === 'instance') return [{ resource: this.resource }];
    const skipped = new Set<Uid>();
    for (const { resource } of inside) if (resource.level === 'series') skipped.add(resource.series);
    return this.#expected.missingTargets(this.resource.study, this.#received, skipped);
  }

  /** Asks for one target, and breaks off where the archive has begun to send and then falls silent. */
  async #retrieve(target: RetrieveTarget): Promise<RetrieveOutcome> {
    const { source, settings } = this.#options;
    using silence = this.#arrivals.silence(settings.lateArrivalMs, () => this.#received.size > 0);
    const signal = AbortSignal.any([this.#abort.signal, silence.signal]);
    try {
      return await source.retrieve({
        target,
        signal,
        onProgress: () => {
          this.#arrivals.sign();
        },
        sopClasses: async () => {
          await this.#list();
          return this.#expected.sopClasses;
        },
      });
    } catch (error) {
      if (!silence.signal.aborted || this.#abort.signal.aborted) throw error;
      throw new BrokerError(
        'archive-timeout',
        `${source.name} began to send and then fell silent for ${settings.lateArrivalMs / 1000} s.`,
        { cause: error },
      );
    }
  }

  /** Waits for what the archive has not sent yet although it says that it is done. */
  async #settle(outcome: RetrieveOutcome | undefined): Promise<void> {
    const { settings } = this.#options;
    const announced =
      outcome?.completed === undefined ? undefined : outcome.completed + (outcome.warning ?? 0);
    await this.#list();
    const everythingIsHere = (): boolean => {
      if (this.#isListed && this.#expected.count > 0) {
        if (this.#expected.missingIn(this.resource, this.#received) === 0) return true;
      } else if (this.resource.level === 'instance' && this.#received.size > 0) return true;
      // What failed at the archive does not come late.
      return announced !== undefined && this.#arrivedSinceAsked >= announced && !this.#mayStillCome(outcome);
    };
    await this.#arrivals.until(everythingIsHere, settings.lateArrivalMs, this.#abort.signal);
    this.#abort.signal.throwIfAborted();
  }

  /** An archive that announces nothing at all may not have begun; one that lists nothing has nothing. */
  #mayStillCome(outcome: RetrieveOutcome | undefined): boolean {
    return (
      outcome?.completed === 0 && (outcome.failed ?? 0) === 0 && this.#isListed && this.#expected.count > 0
    );
  }

  async #isComplete(outcome: RetrieveOutcome | undefined): Promise<boolean> {
    const { cache, source, settings } = this.#options;
    const count = this.#received.size;
    if (this.resource.level !== 'instance' || count === 0) await this.#list();
    if (count === 0 && this.#isListed && this.#expected.count === 0)
      throw notFoundError(this.resource, source.name);
    const missing = this.#missingCount(outcome);
    if (missing > 0 && !(settings.ignoreMissing && count > 0)) return false;
    if (missing > 0)
      this.#logger.warn({ missing }, 'Instances are missing; wado.ignore_missing_objects lets it pass.');
    if (this.#isListed || this.resource.level === 'instance' || settings.ignoreMissing) {
      cache.markComplete(source.name, this.resource, count);
    }
    this.#state = 'complete';
    this.#logger.info(
      { instances: count, attempts: this.#attempt, ms: Date.now() - this.startedAt },
      'The retrieval is complete.',
    );
    for (const subscription of this.#subscriptions) subscription.finish(undefined);
    return true;
  }

  /** By the list of the archive where it gave one, else by the counts of its last response. */
  #missingCount(outcome: RetrieveOutcome | undefined): number {
    if (this.resource.level === 'instance') return this.#received.size > 0 ? 0 : 1;
    if (this.#isListed) return this.#expected.missingIn(this.resource, this.#received);
    const announced = (outcome?.completed ?? 0) + (outcome?.failed ?? 0) + (outcome?.warning ?? 0);
    return Math.max(0, announced - this.#arrivedSinceAsked, this.#received.size === 0 ? 1 : 0);
  }

  async #waitToRetry(): Promise<void> {
    const { settings } = this.#options;
    this.#state = 'waiting to retry';
    this.#logger.info(
      { seconds: settings.retryDelayMs / 1000, attempt: this.#attempt },
      'The retrieval waits to try again.',
    );
    // Nobody is left hanging for minutes: who waits is told now, and may come back.
    const error = this.#pending();
    for (const subscription of [...this.#subscriptions]) {
      subscription.finish(error);
      this.leave(subscription, settings.retryDelayMs);
    }
    await delay(settings.retryDelayMs, this.#abort.signal);
  }

  #pending(): BrokerError {
    const { settings } = this.#options;
    const reason = this.#lastError ?? this.#incomplete();
    if (this.#received.size > 0) return reason;
    return new BrokerError('retrieve-pending', `${reason.message} The gateway tries again by itself.`, {
      retryAfterInSecs: Math.ceil(settings.retryDelayMs / 1000),
      cause: reason,
      ...(reason.remedy === undefined ? {} : { remedy: reason.remedy }),
      ...(reason.dimseStatus === undefined ? {} : { dimseStatus: reason.dimseStatus }),
    });
  }

  #incomplete(outcome?: RetrieveOutcome): BrokerError {
    return incompleteError({
      resource: this.resource,
      archive: this.#options.source.name,
      received: this.#received.size,
      missing: this.#missingCount(outcome),
      outcome,
    });
  }

  #fail(error: BrokerError): void {
    this.#lastError = error;
    if (error.code === 'cancelled') this.#state = 'cancelled';
    else this.#state = this.#received.size > 0 ? 'incomplete' : 'failed';
    this.#logger.warn(
      { code: error.code, received: this.#received.size },
      `The retrieval ended: ${error.message}`,
    );
    for (const subscription of this.#subscriptions) subscription.finish(error);
  }

  /** A part of what is being retrieved may be whole long before the rest. */
  #finishIfComplete(subscription: Subscription): void {
    const { resource } = subscription;
    if (resource.level === 'instance') {
      if (this.#received.has(resource.instance)) subscription.finish(undefined);
      return;
    }
    if (!this.#isListed || this.#expected.countIn(resource) === 0) return;
    if (this.#expected.missingIn(resource, this.#received) === 0) subscription.finish(undefined);
  }

  /** Asks the archive once what there is. @returns whether it said so */
  #list(): Promise<boolean> {
    this.#listing ??= this.#readList();
    return this.#listing;
  }

  async #readList(): Promise<boolean> {
    try {
      for await (const listed of this.#options.source.list(this.resource, this.#abort.signal))
        this.#expected.add(listed);
      this.#isListed = true;
      this.#arrivals.sign();
      for (const subscription of this.#subscriptions) this.#finishIfComplete(subscription);
      return true;
    } catch (thrown) {
      const error = toBrokerError(thrown);
      if (!this.#abort.signal.aborted) {
        this.#logger.warn(
          { code: error.code },
          `The archive does not say which instances there are: ${error.message}`,
        );
      }
      this.#listing = undefined;
      return false;
    }
  }
}
