import type { ArchiveConfig, Config } from '../config/config.ts';
import { writeDataSet } from '../dicom/data-set-writer.ts';
import { AssociationPool, type PoolOptions } from '../dimse/association-pool.ts';
import { echoScu } from '../dimse/echo-scu.ts';
import { associationLimits } from '../dimse/limits.ts';
import { Permits } from '../dimse/permits.ts';
import { numberContexts } from '../dimse/presentation-context.ts';
import type { QuickAck } from '../dimse/quick-ack.ts';
import type { Endpoint } from '../dimse/rejection.ts';
import { studyRootMoveSopClass, verificationSopClass } from '../domain/sop-class.ts';
import { encodingOf, implicitVrLittleEndian } from '../domain/transfer-syntax.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { type BrokerError, toBrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import { type Uid, readUid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { ArchiveFind } from './archive-find.ts';
import {
  ArchiveRetrieve,
  type GetRunner,
  type RetrieveOrder,
  type RetrieveOutcome,
} from './archive-retrieve.ts';
import type { ArchiveQuery, FindNotes } from './query.ts';
import { classesOf } from './modality-classes.ts';
import { ArchiveProbe } from './probe/archive-probe.ts';
import { findContexts, findExtendedNegotiation } from './find-negotiation.ts';
import { StoreContexts } from './store-contexts.ts';
import { StoreRun, type StoreRunOptions } from './store-run.ts';

export interface ArchiveOptions {
  readonly config: ArchiveConfig;
  readonly dimse: Config['dimse'];
  /** Associations over which instances are stored at the same time. */
  readonly storeAssociations: number;
  /** AE title of our storage SCP, the destination of a C-MOVE. */
  readonly destination: string;
  readonly get: GetRunner;
  readonly quickAck: QuickAck | undefined;
  readonly logger: Logger;
  /** Told how many associations with the archive are open. */
  readonly onAssociations: (change: 'opened' | 'closed') => void;
}

/** An instance that the archive says it has. */
export interface ListedInstance {
  readonly series: Uid;
  readonly instance: Uid;
  /** Its SOP class, or where the archive does not tell it, those that its modality suggests. */
  readonly sopClasses: readonly string[];
}

/** How an archive answered when it was asked. */
export interface Echo {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly roundTripInMs?: number;
  readonly error?: BrokerError;
}

/** An archive as the rest of the gateway sees it. */
export class Archive {
  readonly name: string;
  /** AE title under which it sends instances. */
  readonly aeTitle: string;
  readonly maxAssociations: number;
  /** For those who want to see how it answers. */
  readonly probe: ArchiveProbe;
  readonly #options: ArchiveOptions;
  readonly #find: ArchiveFind;
  readonly #retrieve: ArchiveRetrieve;
  readonly #pools: readonly AssociationPool[];
  readonly #literal: AssociationPool;
  readonly #storeContexts = new StoreContexts();
  readonly #storing: StoreRunOptions;
  readonly #echoListeners = new Set<(echo: Echo) => void>();
  #lastEcho: Echo | undefined;

  constructor(options: ArchiveOptions) {
    const { config, dimse, logger } = options;
    this.#options = options;
    this.name = config.name;
    this.aeTitle = config.wado.remoteAe;
    this.maxAssociations = dimse.maxAssociations;
    const permits = new Permits(dimse.maxAssociations, `archive ${config.name}`);
    this.#literal = this.#pool(permits, 'qido', false);
    const fuzzy = this.#pool(permits, 'qido', true);
    const move = this.#pool(permits, 'wado', false);
    const store = this.#storePool(permits);
    this.#pools = [this.#literal, fuzzy, move, store];
    // As with retrievals, one association is left for queries.
    const storeAssociations = Math.min(options.storeAssociations, Math.max(1, dimse.maxAssociations - 1));
    this.#storing = {
      pool: store,
      contexts: this.#storeContexts,
      permits,
      turns: new Permits(storeAssociations, `archive ${config.name}`),
      maxAssociations: storeAssociations,
      queueTimeoutMs: dimse.queueTimeoutInSecs * 1000,
      responseTimeoutMs: dimse.responseTimeoutInSecs * 1000,
    };
    this.probe = new ArchiveProbe({
      endpoint: endpointOf(config.qido),
      limits: associationLimits(dimse),
      permits,
      queueTimeoutMs: dimse.queueTimeoutInSecs * 1000,
      responseTimeoutMs: dimse.responseTimeoutInSecs * 1000,
    });
    this.#find = new ArchiveFind({
      name: config.name,
      literal: this.#literal,
      fuzzy,
      relational: config.relationalQueries,
      characterSet: config.characterSet,
      responseTimeoutMs: dimse.responseTimeoutInSecs * 1000,
      logger,
    });
    this.#retrieve = new ArchiveRetrieve({
      name: config.name,
      endpoint: endpointOf(config.wado),
      destination: options.destination,
      method: config.retrieveMethod,
      pool: move,
      permits,
      maxAssociations: dimse.maxAssociations,
      limits: associationLimits(dimse),
      queueTimeoutMs: dimse.queueTimeoutInSecs * 1000,
      responseTimeoutMs: dimse.moveResponseTimeoutInSecs * 1000,
      get: options.get,
      encode: (identifier) => writeDataSet(identifier, encodingOf(implicitVrLittleEndian)),
      logger,
    });
  }

  /** The round trip of a C-ECHO in milliseconds. @throws BrokerError of the association */
  async echo(signal?: AbortSignal): Promise<number> {
    const timeoutMs = this.#options.dimse.responseTimeoutInSecs * 1000;
    try {
      const ms = await this.#literal.use((association) => echoScu(association, timeoutMs, signal), signal);
      this.noteEcho({ roundTripInMs: ms });
      return ms;
    } catch (thrown) {
      this.noteEcho({ error: toBrokerError(thrown) });
      throw thrown;
    }
  }

  /** How it answered when it was last asked; undefined before. */
  get lastEcho(): Echo | undefined {
    return this.#lastEcho;
  }

  /** Takes note of how it answered, whoever asked it. */
  noteEcho(echo: Omit<Echo, 'at'>): void {
    const code = echo.error?.code;
    // All associations in use, or that it is no longer asked, says nothing about the archive.
    if (code === 'busy' || code === 'cancelled') return;
    const noted = { ...echo, at: Date.now() };
    this.#lastEcho = noted;
    for (const listener of this.#echoListeners) listener(noted);
  }

  /** Calls `listener` with each answer; the result takes it off again. */
  onEcho(listener: (echo: Echo) => void): () => void {
    this.#echoListeners.add(listener);
    return () => {
      this.#echoListeners.delete(listener);
    };
  }

  /** Queries it. @throws as ArchiveFind.find */
  find(
    query: ArchiveQuery,
    signal?: AbortSignal,
    notes?: FindNotes,
  ): AsyncGenerator<DicomJson, void, undefined> {
    return this.#find.find(query, signal, notes);
  }

  /** Has the archive send instances. @throws as ArchiveRetrieve.retrieve */
  retrieve(order: RetrieveOrder): Promise<RetrieveOutcome> {
    return this.#retrieve.retrieve(order);
  }

  /** Begins to send instances to it. */
  storing(): StoreRun {
    return new StoreRun(this.#storing);
  }

  /** The instances of a resource, by C-FIND. @throws as ArchiveFind.find */
  async *list(resource: Resource, signal: AbortSignal): AsyncGenerator<ListedInstance, void, undefined> {
    const keys: DicomJson = {};
    if (resource.level === 'instance') keys['00080018'] = { vr: 'UI', Value: [resource.instance] };
    const answers = this.#find.find(
      {
        level: 'instance',
        keys,
        returnKeys: ['00080016', '00080018', '00080060', '0020000E'],
        study: resource.study,
        ...(resource.level === 'study' ? {} : { series: resource.series }),
        fuzzy: false,
      },
      signal,
    );
    for await (const answer of answers) {
      const instance = uidIn(answer, '00080018');
      const series = uidIn(answer, '0020000E') ?? (resource.level === 'study' ? undefined : resource.series);
      if (instance === undefined || series === undefined) continue;
      yield { series, instance, sopClasses: sopClassesIn(answer) };
    }
  }

  /** Releases all associations. */
  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.stop()));
  }

  #pool(permits: Permits, use: 'qido' | 'wado', fuzzy: boolean): AssociationPool {
    const verification = { abstractSyntax: verificationSopClass, transferSyntaxes: [implicitVrLittleEndian] };
    const move = { abstractSyntax: studyRootMoveSopClass, transferSyntaxes: [implicitVrLittleEndian] };
    const { config, dimse, quickAck } = this.#options;
    return this.#poolOf(permits, {
      endpoint: endpointOf(config[use]),
      contexts: numberContexts([verification, ...(use === 'qido' ? findContexts() : [move])]),
      extended: use === 'qido' ? findExtendedNegotiation(fuzzy) : [],
      limits: associationLimits(dimse),
      quickAck,
    });
  }

  #storePool(permits: Permits): AssociationPool {
    const { config, dimse, quickAck } = this.#options;
    return this.#poolOf(permits, () => ({
      endpoint: endpointOf(config.stow),
      contexts: this.#storeContexts.proposal(),
      limits: associationLimits(dimse),
      quickAck,
    }));
  }

  #poolOf(permits: Permits, request: PoolOptions['request']): AssociationPool {
    const { config, dimse, logger, onAssociations } = this.#options;
    return new AssociationPool({
      request,
      permits,
      queueTimeoutMs: dimse.queueTimeoutInSecs * 1000,
      idleTimeoutMs: dimse.associationIdleTimeoutInSecs * 1000,
      onChange: (change, id) => {
        onAssociations(change);
        logger.debug(
          { archive: config.name, association: id },
          `An association with the archive was ${change}.`,
        );
      },
    });
  }
}

function endpointOf(remote: ArchiveConfig['qido']): Endpoint {
  return {
    host: remote.remoteHost,
    port: remote.remotePort,
    calledAeTitle: remote.remoteAe,
    callingAeTitle: remote.localAe,
  };
}

function sopClassesIn(answer: DicomJson): readonly string[] {
  const sopClass = uidIn(answer, '00080016');
  if (sopClass !== undefined) return [sopClass];
  const modality = answer['00080060']?.Value?.[0];
  return typeof modality === 'string' ? classesOf(modality) : [];
}

function uidIn(answer: DicomJson, tag: string): Uid | undefined {
  const value = answer[tag]?.Value?.[0];
  return typeof value === 'string' ? readUid(value) : undefined;
}
