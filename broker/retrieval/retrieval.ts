import type { Cache } from '../cache/cache.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import { BrokerError } from '../domain/errors.ts';
import { type Resource, includes } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { GrowthCheck } from './growth-check.ts';
import type { InstanceSource } from './instance-source.ts';
import type { JobProgress } from './job-progress.ts';
import { notFoundError, pendingError } from './retrieval-errors.ts';
import { RetrievalJob } from './retrieval-job.ts';
import type { RetrievalSettings } from './retrieval-settings.ts';

/** A study that an archive is about to send. */
export interface ExpectedStudy {
  readonly archive: string;
  readonly study: Uid;
  /** AE title under which the archive sends. */
  readonly archiveAeTitle: string;
}

export interface RetrievalOptions {
  readonly cache: Cache;
  readonly settings: RetrievalSettings;
  readonly logger: Logger;
  /** Lets instances of a study in, until the result is disposed of. */
  readonly expect: (expectation: ExpectedStudy) => Promise<Disposable>;
  readonly onStart: (archive: string) => void;
  readonly onEnd: (progress: JobProgress) => void;
}

/** What a client gets of a resource. Dispose of it when the client is served or gone. */
export type Opened = Disposable &
  (
    | {
        /** All of it is in the cache. */
        readonly kind: 'complete';
        readonly instances: readonly StoredInstance[];
      }
    | {
        /** It is known beforehand that some are missing: these are there. */
        readonly kind: 'partial';
        readonly instances: readonly StoredInstance[];
        readonly missing: number;
        readonly reason: BrokerError;
      }
    | {
        /** The first is there, the others come; the iteration throws where it cannot be completed. */
        readonly kind: 'arriving';
        readonly instances: AsyncGenerator<StoredInstance, void, undefined>;
      }
  );

/** Retrievals of all archives: gives out what is cached, and runs one job at a time for what is not. */
export class Retrieval {
  readonly #options: RetrievalOptions;
  readonly #jobs = new Set<RetrievalJob>();
  readonly #jobsOfStudy = new Map<string, Set<RetrievalJob>>();
  readonly #growth: GrowthCheck;
  readonly #endListeners = new Set<(progress: JobProgress) => void>();
  #settings: RetrievalSettings;
  #stopped = false;

  constructor(options: RetrievalOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#growth = new GrowthCheck({ ...options, recheckAfterMs: () => this.#settings.recheckAfterMs });
  }

  get progress(): JobProgress[] {
    return [...this.#jobs].map((job) => job.progress);
  }

  /**
   * Opens a resource of an archive; settles when the first instance can be sent.
   * @throws BrokerError `not-found`, `retrieve-pending` where it takes longer than a client waits,
   * those of archive and association, `cancelled` on the signal
   */
  async open(source: InstanceSource, resource: Resource, signal: AbortSignal): Promise<Opened> {
    const { cache } = this.#options;
    const hold = cache.hold(source.name, resource.study);
    let handedOver = false;
    try {
      const opened =
        (await this.#cached(source, resource, signal)) ?? (await this.#retrieved(source, resource, signal));
      handedOver = true;
      return {
        ...opened,
        [Symbol.dispose]: () => {
          opened[Symbol.dispose]();
          hold[Symbol.dispose]();
        },
      };
    } finally {
      if (!handedOver) hold[Symbol.dispose]();
    }
  }

  /** An instance has been stored: whoever waits for it gets it. */
  arrived(instance: StoredInstance): void {
    for (const job of this.#jobsOf(instance.archive, instance.study)) job.arrived(instance);
  }

  /** An instance has left the cache: whoever counted on it asks for it again. */
  lost(instance: StoredInstance): void {
    const { archive, study, series } = instance;
    // It may have come again since it was looked up.
    if (this.#options.cache.has(archive, study, series, instance.instance) !== undefined) return;
    for (const job of this.#jobsOf(instance.archive, instance.study)) job.lost(instance);
  }

  /** An archive is sending an instance of a study, of which so many bytes have come since the last sign. */
  active(archive: string, study: Uid, bytes: number): void {
    for (const job of this.#jobsOf(archive, study)) job.active(bytes);
  }

  /** Gives a retrieval up, as `progress` names it. @returns false where there is none of that id */
  cancel(id: string, why: string): boolean {
    const job = [...this.#jobs].find((one) => one.id === id);
    job?.cancel(why);
    return job !== undefined;
  }

  /** Calls `listener` with the progress of each retrieval that ends; the result takes it off again. */
  onEnded(listener: (progress: JobProgress) => void): () => void {
    this.#endListeners.add(listener);
    return () => {
      this.#endListeners.delete(listener);
    };
  }

  /** Something of a study has been stored at the archive: the next who asks for it gets that too. */
  changed(archive: string, study: Uid): void {
    this.#growth.forget(archive, study);
  }

  /**
   * Cancels all retrievals of a study, and of what is in it; settles when they have ended.
   * @returns how many there were
   */
  async cancelStudy(archive: string, study: Uid, why: string): Promise<number> {
    const jobs = [...this.#jobsOf(archive, study)];
    for (const job of jobs) job.cancel(why);
    await Promise.all(jobs.map((job) => job.ended));
    return jobs.length;
  }

  /** From now on; retrievals that are under way keep the settings that they began with. */
  setSettings(settings: RetrievalSettings): void {
    this.#settings = settings;
  }

  /**
   * Cancels the retrievals of an archive, and forgets what it was asked: it is about to be another one.
   * Settles when they have ended.
   * @param why end of the sentence "The retrieval was cancelled: …"
   */
  async leaveArchive(archive: string, why: string): Promise<void> {
    this.#growth.forgetArchive(archive);
    const jobs = [...this.#jobs].filter((job) => job.progress.archive === archive);
    for (const job of jobs) job.cancel(why);
    await Promise.all(jobs.map((job) => job.ended));
  }

  /** Cancels all retrievals; settles when they have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#growth.stop();
    const jobs = [...this.#jobs];
    for (const job of jobs) job.cancel('the gateway is shutting down');
    await Promise.all(jobs.map((job) => job.ended));
  }

  /** All of it from the cache, where it is complete there and the archive has no more than that. */
  async #cached(
    source: InstanceSource,
    resource: Resource,
    signal: AbortSignal,
  ): Promise<Opened | undefined> {
    const { cache } = this.#options;
    if (!cache.isComplete(source.name, resource)) return undefined;
    if (!(await this.#growth.isStillComplete(source, resource, signal))) return undefined;
    const instances = cache.find(source.name, resource);
    if (instances.length === 0) return undefined;
    return { kind: 'complete', instances, [Symbol.dispose]: () => undefined };
  }

  async #retrieved(source: InstanceSource, resource: Resource, signal: AbortSignal): Promise<Opened> {
    const job = this.#jobFor(source, resource);
    const partial = this.#knownPartial(job, source, resource);
    if (partial !== undefined) return partial;
    const subscription = job.join(resource);
    const settings = this.#settings;
    let joined = false;
    try {
      await subscription.ready(settings.firstInstanceTimeoutMs, signal);
      if (signal.aborted) throw new BrokerError('cancelled', 'The client went away.');
      if (!subscription.isReady) {
        job.expectReturn(settings.retryAfterInSecs * 1000);
        throw pending(source.name, settings);
      }
      const instances = subscription.instances(signal);
      const first = await instances.next();
      if (first.done === true) throw notFoundError(resource, source.name);
      joined = true;
      return {
        kind: 'arriving',
        instances: startingWith(first.value, instances),
        [Symbol.dispose]: () => {
          job.leave(subscription);
        },
      };
    } finally {
      if (!joined) job.leave(subscription);
    }
  }

  /** A retrieval that waits to ask again for what is missing: what is there can be had, marked as a part. */
  #knownPartial(job: RetrievalJob, source: InstanceSource, resource: Resource): Opened | undefined {
    if (job.state !== 'waiting to retry') return undefined;
    const { retryAfterInSecs } = this.#settings;
    const reason = job.progress.error ?? pending(source.name, this.#settings);
    const instances = this.#options.cache.find(source.name, resource);
    const missing = job.missing(resource);
    if (instances.length === 0) {
      job.expectReturn(retryAfterInSecs * 1000);
      throw pendingError(reason, retryAfterInSecs);
    }
    const nothing = (): void => undefined;
    if (missing === 0) return { kind: 'complete', instances, [Symbol.dispose]: nothing };
    return { kind: 'partial', instances, missing: missing ?? 1, reason, [Symbol.dispose]: nothing };
  }

  /** The job that retrieves the resource, alone or as a part of more, or a new one. */
  #jobFor(source: InstanceSource, resource: Resource): RetrievalJob {
    if (this.#stopped) throw new BrokerError('cancelled', 'The gateway is shutting down.');
    const key = `${source.name}/${resource.study}`;
    let jobs = this.#jobsOfStudy.get(key);
    for (const job of jobs ?? []) if (!job.isCancelled && includes(job.resource, resource)) return job;
    if (jobs === undefined) this.#jobsOfStudy.set(key, (jobs = new Set()));
    const others = jobs;
    const isBusyInside = (other: RetrievalJob): boolean =>
      other !== job &&
      !other.isCancelled &&
      other.state !== 'waiting to retry' &&
      includes(resource, other.resource);
    const job: RetrievalJob = new RetrievalJob({
      ...this.#options,
      settings: this.#settings,
      source,
      resource,
      expect: () =>
        this.#options.expect({ archive: source.name, study: resource.study, archiveAeTitle: source.aeTitle }),
      jobsInside: () => [...others].filter(isBusyInside),
      onEnd: () => {
        this.#ended(key, job);
      },
    });
    jobs.add(job);
    this.#jobs.add(job);
    this.#options.onStart(source.name);
    return job;
  }

  #ended(key: string, job: RetrievalJob): void {
    this.#jobs.delete(job);
    const jobs = this.#jobsOfStudy.get(key);
    jobs?.delete(job);
    if (jobs?.size === 0) this.#jobsOfStudy.delete(key);
    const { progress } = job;
    if (progress.state === 'complete') this.#growth.note(progress.archive, progress.resource);
    this.#options.onEnd(progress);
    for (const listener of this.#endListeners) listener(progress);
  }

  #jobsOf(archive: string, study: Uid): ReadonlySet<RetrievalJob> {
    return this.#jobsOfStudy.get(`${archive}/${study}`) ?? noJobs;
  }
}

const noJobs: ReadonlySet<RetrievalJob> = new Set();

async function* startingWith(
  first: StoredInstance,
  rest: AsyncGenerator<StoredInstance, void, undefined>,
): AsyncGenerator<StoredInstance, void, undefined> {
  yield first;
  yield* rest;
}

function pending(archive: string, settings: RetrievalSettings): BrokerError {
  return new BrokerError(
    'retrieve-pending',
    `Archive ${archive} has been asked but has sent nothing yet. The retrieval goes on: ask again later.`,
    { retryAfterInSecs: settings.retryAfterInSecs },
  );
}
