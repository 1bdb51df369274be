import type { RetrieveOutcome } from '../archive/archive-retrieve.ts';
import type { RetrieveTarget } from '../archive/retrieve-identifier.ts';
import { statusClass } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import { abortable } from './abortable.ts';
import type { InstanceListing } from './instance-listing.ts';
import type { InstanceSource } from './instance-source.ts';
import type { ReceivedInstances } from './received-instances.ts';
import type { RetrievalSettings } from './retrieval-settings.ts';

/** Another retrieval that brings a part of the same resource. */
export interface PartialRetrieval {
  readonly resource: Resource;
  /** Settles when its first attempt is over, whatever came of it. Never rejects. */
  readonly tried: Promise<void>;
}

export interface RoundOptions {
  readonly source: InstanceSource;
  readonly resource: Resource;
  readonly settings: RetrievalSettings;
  readonly listing: InstanceListing;
  readonly received: ReceivedInstances;
  readonly signal: AbortSignal;
  /** Those that are under way at this moment. */
  readonly inside: readonly PartialRetrieval[];
  readonly isFirst: boolean;
}

const noSeries: ReadonlySet<Uid> = new Set();

/** One round of a retrieval: asks the archive for all, or for what is missing, and waits for it. */
export class RetrievalRound {
  readonly #options: RoundOptions;
  #outcome: RetrieveOutcome | undefined;

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  /** The archive's last answer, where it was asked once: its counts are those of the whole then. */
  get outcome(): RetrieveOutcome | undefined {
    return this.#outcome;
  }

  /** Settles when the archive says that it is done. @throws BrokerError as InstanceSource.retrieve */
  async ask(): Promise<void> {
    const { source, resource, listing, received, isFirst, signal } = this.#options;
    received.beginRound();
    listing.renew();
    const inside = this.#options.inside.filter((other) => other.resource.level === 'series');
    const isFresh = isFirst && received.count === 0 && inside.length === 0;
    // With one association the listing would wait behind the whole retrieval.
    if (!isFresh || source.maxAssociations === 1) await listing.read();
    const skipped = new Set(
      inside.flatMap((other) => (other.resource.level === 'series' ? other.resource.series : [])),
    );
    const targets = isFresh ? [{ resource }] : this.#missingTargets(skipped);
    await this.#retrieveAll(targets);
    if (inside.length === 0 || !listing.names) return;
    await abortable(Promise.all(inside.map((other) => other.tried)), signal);
    await this.#retrieveAll(this.#missingTargets(noSeries).filter((target) => isIn(target, skipped)));
    this.#outcome = undefined;
  }

  /** Waits for what the archive has not sent yet although it says that it is done. */
  async settle(): Promise<void> {
    const { listing, received, settings, signal } = this.#options;
    await listing.read();
    await received.watch.until(() => this.#isSettled(), settings.lateArrivalMs, signal);
    signal.throwIfAborted();
  }

  /** How many are missing: by the list of the archive where it gave one, else by its counts. */
  get missing(): number {
    const { resource, listing, received } = this.#options;
    if (resource.level === 'instance') return received.count > 0 ? 0 : 1;
    if (listing.names) return listing.expected.missingIn(resource, received.uids);
    const { completed = 0, failed = 0, warning = 0 } = this.#outcome ?? {};
    return Math.max(0, completed + failed + warning - received.sinceAsked, received.count === 0 ? 1 : 0);
  }

  /** True where the archive has said that there is nothing to send. */
  get isNothingThere(): boolean {
    const { listing, received } = this.#options;
    const { completed = 0, failed = 0, warning = 0 } = this.#outcome ?? {};
    return received.count === 0 && listing.isEmpty && completed + failed + warning === 0;
  }

  /** True where the archive's word is that nothing but what has come exists. */
  get isVouchedFor(): boolean {
    const { resource, listing } = this.#options;
    if (resource.level === 'instance' || listing.names) return true;
    const outcome = this.#outcome;
    return outcome?.completed !== undefined && statusClass(outcome.status) === 'success';
  }

  #missingTargets(skipped: ReadonlySet<Uid>): readonly RetrieveTarget[] {
    const { resource, listing, received } = this.#options;
    if (!listing.names || resource.level === 'instance') return [{ resource }];
    return listing.expected.missingTargets(resource.study, received.uids, skipped);
  }

  async #retrieveAll(targets: readonly RetrieveTarget[]): Promise<void> {
    for (const target of targets) this.#outcome = await this.#retrieve(target);
    if (targets.length > 1) this.#outcome = undefined;
  }

  /** Asks for one target, and breaks off where the archive has begun to send and then falls silent. */
  async #retrieve(target: RetrieveTarget): Promise<RetrieveOutcome | undefined> {
    const { source, resource, settings, listing, received, signal } = this.#options;
    const { lateArrivalMs } = settings;
    using silence = received.watch.silence(lateArrivalMs, () => lateArrivalMs > 0 && received.hasArrived);
    try {
      return await source.retrieve({
        target,
        signal: AbortSignal.any([signal, silence.signal]),
        // Not before: the lists of those that wait would hold up the first image of the one that comes.
        onTurn: () => {
          if (resource.level !== 'instance') void listing.read();
        },
        onProgress: () => {
          received.watch.sign();
        },
        sopClasses: async () => {
          await listing.read();
          return listing.expected.sopClasses;
        },
      });
    } catch (error) {
      if (!silence.signal.aborted || signal.aborted) throw error;
      // Some archives never say that they are done.
      if (listing.names && this.missing === 0) return undefined;
      throw new BrokerError(
        'archive-timeout',
        `Archive ${source.name} began to send and then fell silent for ${lateArrivalMs / 1000} s.`,
        { cause: error },
      );
    }
  }

  #isSettled(): boolean {
    const { resource, listing, received } = this.#options;
    if (listing.names) {
      if (listing.expected.isWhole(resource, received.uids)) return true;
    } else if (resource.level === 'instance' && received.count > 0) return true;
    const announced = this.#announced;
    if (announced === undefined) return this.isNothingThere;
    // What failed at the archive does not come late.
    return received.sinceAsked >= announced && !this.#mayHaveNotBegun;
  }

  get #announced(): number | undefined {
    const { completed, warning = 0 } = this.#outcome ?? {};
    return completed === undefined ? undefined : completed + warning;
  }

  /** An archive that counts nothing may not have begun; one that lists nothing has nothing. */
  get #mayHaveNotBegun(): boolean {
    return this.#announced === 0 && (this.#outcome?.failed ?? 0) === 0 && this.#options.listing.names;
  }
}

function isIn({ resource }: RetrieveTarget, series: ReadonlySet<Uid>): boolean {
  return resource.level !== 'study' && series.has(resource.series);
}
