import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Association } from '../dimse/association.ts';
import type { AssociationPool } from '../dimse/association-pool.ts';
import { moveScu } from '../dimse/move-scu.ts';
import type { AssociationLimits } from '../dimse/negotiation.ts';
import { Permits } from '../dimse/permits.ts';
import type { Endpoint } from '../dimse/rejection.ts';
import type { RetrieveEnd, RetrieveProgress } from '../dimse/retrieve-response.ts';
import { statusError } from '../dimse/status-error.ts';
import { DimseStatus, statusClass } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { StorageContext } from '../dimse/get-scu.ts';
import { storageContexts } from './retrieve-contexts.ts';
import { SeriesTurns } from './series-turns.ts';
import { type RetrieveTarget, retrieveIdentifier } from './retrieve-identifier.ts';

/** Runs a C-GET where instances are received, which is another thread. */
export type GetRunner = (
  order: {
    readonly endpoint: Endpoint;
    readonly limits: AssociationLimits;
    readonly identifier: Uint8Array;
    readonly storage: readonly StorageContext[];
    readonly responseTimeoutMs: number;
  },
  onProgress: (progress: RetrieveProgress) => void,
  signal?: AbortSignal,
) => Promise<RetrieveEnd>;

export type RetrieveMethod = 'c-move' | 'c-get';

export interface RetrieveOrder {
  readonly target: RetrieveTarget;
  /** SOP classes of the instances, asked for only where C-GET needs them; empty where unknown. */
  readonly sopClasses: () => Promise<ReadonlySet<string>>;
  readonly onProgress: (progress: RetrieveProgress) => void;
  /** Called when its turn has come and the archive is about to be asked. */
  readonly onTurn?: () => void;
  readonly signal: AbortSignal | undefined;
}

/** How an archive ended a retrieval that it did not refuse. */
export interface RetrieveOutcome extends RetrieveEnd {
  readonly method: RetrieveMethod;
}

export interface ArchiveRetrieveOptions {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** AE title of our storage SCP. */
  readonly destination: string;
  readonly method: 'auto' | RetrieveMethod;
  readonly pool: AssociationPool;
  readonly permits: Permits;
  readonly maxAssociations: number;
  readonly limits: AssociationLimits;
  readonly queueTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly get: GetRunner;
  readonly encode: (identifier: DicomJson) => Buffer;
  readonly logger: Logger;
}

/** Has an archive send instances, by C-MOVE to our storage SCP or by C-GET on the same association. */
export class ArchiveRetrieve {
  readonly #options: ArchiveRetrieveOptions;
  /** One association is left for queries, so that a work list never waits behind retrievals. */
  readonly #turns: Permits;
  readonly #seriesTurns: SeriesTurns;
  /** What was found to work, where the method is `auto`. */
  #found: RetrieveMethod | undefined;

  constructor(options: ArchiveRetrieveOptions) {
    this.#options = options;
    const retrievals = Math.max(1, options.maxAssociations - 1);
    this.#turns = new Permits(retrievals, `archive ${options.name}`);
    this.#seriesTurns = new SeriesTurns(retrievals);
  }

  /** The method that the next retrieval begins with. */
  get method(): RetrieveMethod {
    const { method } = this.#options;
    return method === 'auto' ? (this.#found ?? 'c-move') : method;
  }

  /**
   * Settles when the archive says that it is done, which may be before the instances have come.
   * @throws BrokerError `archive-refused` with the DIMSE status where it sent nothing, or of the association
   */
  async retrieve(order: RetrieveOrder): Promise<RetrieveOutcome> {
    // Who waits for its turn is not told an error: the client was sent away long before the limit.
    using _seriesTurn = await this.#seriesTurns.acquire(order.target.resource, order.signal);
    using _turn = await this.#turns.acquire(turnTimeoutMs, order.signal);
    order.onTurn?.();
    try {
      return await this.#retrieveBy(this.method, order);
    } catch (error) {
      if (this.#options.method !== 'auto' || this.method !== 'c-move' || !mayHelpToGet(error)) throw error;
      return await this.#tryGet(order, error);
    }
  }

  /** Many sites never register a move destination; C-GET needs none. What fails first is what is reported. */
  async #tryGet(order: RetrieveOrder, moveError: BrokerError): Promise<RetrieveOutcome> {
    const { logger, name } = this.#options;
    try {
      const outcome = await this.#retrieveBy('c-get', order);
      this.#found = 'c-get';
      logger.info(
        { archive: name, reason: moveError.message },
        'C-MOVE does not work here, C-GET does: using it from now on',
      );
      return outcome;
    } catch (error) {
      logger.debug({ archive: name, error }, 'C-GET does not work here either');
      throw moveError;
    }
  }

  async #retrieveBy(method: RetrieveMethod, order: RetrieveOrder): Promise<RetrieveOutcome> {
    const end = method === 'c-move' ? await this.#move(order) : await this.#get(order);
    const service = method === 'c-move' ? 'C-MOVE' : 'C-GET';
    const outcome = statusClass(end.status);
    if (outcome === 'failure' && (end.completed ?? 0) === 0) {
      throw statusError(this.#options.endpoint, service, end.status, end.comment, this.#options.destination);
    }
    if (outcome === 'cancel') throw cancelledError(this.#options.name, service, order.signal);
    return { ...end, method };
  }

  #move(order: RetrieveOrder): Promise<RetrieveEnd> {
    const { pool, destination, responseTimeoutMs, encode } = this.#options;
    const work = async (association: Association): Promise<RetrieveEnd> => {
      const end = await moveScu(association, {
        destination,
        identifier: encode(retrieveIdentifier(order.target)),
        timeoutMs: responseTimeoutMs,
        signal: order.signal,
        onProgress: order.onProgress,
      });
      // Some archives (dcmqrscp) keep their index locked after a C-MOVE that they refused, until the
      // association ends.
      if (statusClass(end.status) === 'failure') await association.release();
      return end;
    };
    return pool.use(work, order.signal);
  }

  async #get(order: RetrieveOrder): Promise<RetrieveEnd> {
    const { permits, queueTimeoutMs, endpoint, limits, responseTimeoutMs, encode, get } = this.#options;
    const storage = storageContexts(await order.sopClasses());
    const permit = await permits.acquire(queueTimeoutMs, order.signal);
    try {
      const identifier = encode(retrieveIdentifier(order.target));
      return await get(
        { endpoint, limits, identifier, storage, responseTimeoutMs },
        order.onProgress,
        order.signal,
      );
    } finally {
      permit[Symbol.dispose]();
    }
  }
}

/** A retrieval that nobody here cancelled was cancelled at the archive. */
function cancelledError(name: string, service: string, signal: AbortSignal | undefined): BrokerError {
  if (signal?.aborted === true) return new BrokerError('cancelled', `The ${service} was cancelled.`);
  return new BrokerError(
    'archive-refused',
    `Archive ${name} ended the ${service} with 0xFE00: it was cancelled there.`,
    { dimseStatus: DimseStatus.cancel, remedy: 'Look in the archive’s log for who cancelled it.' },
  );
}

const turnTimeoutMs = 24 * 3600 * 1000;

/** True where the archive does not know us as a destination, or offers no C-MOVE at all. */
function mayHelpToGet(error: unknown): error is BrokerError {
  if (!(error instanceof BrokerError)) return false;
  if (error.code === 'context-not-accepted') return true;
  const { dimseStatus } = error;
  return (
    dimseStatus === DimseStatus.moveDestinationUnknown ||
    dimseStatus === DimseStatus.sopClassNotSupported ||
    dimseStatus === DimseStatus.noSuchSopClass ||
    dimseStatus === DimseStatus.unrecognizedOperation
  );
}
