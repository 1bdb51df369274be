import type { Archive } from './archive/archive.ts';
import type { CheckReceiver } from './archive/check/check-receiver.ts';
import { ArchiveSet } from './composition/archive-set.ts';
import { DicomwebEndpoint } from './composition/dicomweb-endpoint.ts';
import type { PartContext } from './composition/part-context.ts';
import { receiverEvents } from './composition/receiver-events.ts';
import { receivingOptions } from './composition/receiving-options.ts';
import { cacheLimits, openStorage, type Storage } from './composition/storage.ts';
import { type TouchedParts, touchedParts } from './composition/touched-parts.ts';
import type { Config } from './config/config.ts';
import type { GatewayParts } from './control/control-services.ts';
import { ImagingPool } from './dicom/imaging/imaging-pool.ts';
import { dicomwebApp } from './dicomweb/dicomweb-app.ts';
import { loadDictionary } from './domain/dictionary.ts';
import { AuditTrail } from './observe/audit.ts';
import { HealthBoard } from './observe/health.ts';
import type { Logger } from './observe/logger.ts';
import { Metrics } from './observe/metrics.ts';
import { type Listening, Receiver } from './receiving/receiver.ts';
import { ReceiverTaps } from './receiving/receiver-taps.ts';
import { TestReceiver } from './receiving/test-receiver.ts';
import type { TappedReceiver } from './receiving/test-reception.ts';
import type { JobProgress } from './retrieval/job-progress.ts';
import { Retrieval } from './retrieval/retrieval.ts';
import { retrievalSettings } from './retrieval/retrieval-settings.ts';

/** Where a started broker listens. */
export type BrokerAddresses = GatewayParts['addresses'];

/** The parts of a broker that runs; those that settings touch are exchanged while it does. */
interface Running {
  config: Config;
  storage: Storage;
  retrieval: Retrieval;
  scp: Listening;
  readonly imaging: ImagingPool;
  readonly receiver: Receiver;
  /** What the receiving thread tells. */
  readonly taps: ReceiverTaps;
  readonly archives: ArchiveSet;
  readonly endpoint: DicomwebEndpoint;
}

/** The gateway: configuration in, start, apply and stop out. Everything is made and wired here. */
export class Broker {
  readonly health = new HealthBoard();
  readonly metrics: Metrics;
  readonly #context: PartContext;
  readonly #audit: AuditTrail;
  readonly #config: Config;
  readonly #stops: (() => void | Promise<void>)[] = [];
  #running: Running | undefined;

  /** @param metrics of the process, where they are to outlive this broker */
  constructor(config: Config, logger: Logger, metrics = new Metrics()) {
    this.#config = config;
    this.metrics = metrics;
    this.#context = { logger, metrics, health: this.health };
    this.#audit = new AuditTrail(logger);
  }

  /** Undefined while it does not run; other ones after each change of settings. */
  get parts(): GatewayParts | undefined {
    const running = this.#running;
    if (running === undefined) return undefined;
    const { config, storage, imaging, retrieval, archives, receiver, endpoint, scp } = running;
    return {
      config,
      addresses: { http: endpoint.address, scp: { host: scp.address, port: scp.port } },
      archives: archives.archives,
      retrieval,
      cache: storage.cache,
      metadata: storage.metadata,
      thumbnails: storage.thumbnails,
      imaging,
      health: this.health,
      metrics: this.metrics,
      incomingAssociations: () => receiver.openAssociations,
      httpConnections: () => endpoint.connections,
      traffic: () => ({ received: receiver.bytesReceived, sent: endpoint.bytesSent }),
    };
  }

  /** The storage SCP for those who look at what comes; undefined while it does not run. */
  get tappedReceiver(): TappedReceiver | undefined {
    return this.#running;
  }

  /** @throws BrokerError `configuration` where a port or the cache cannot be used; nothing is left running then */
  async start(): Promise<BrokerAddresses> {
    try {
      const running = await this.#start(this.#config);
      this.#running = running;
      const { scp, endpoint } = running;
      return { http: endpoint.address, scp: { host: scp.address, port: scp.port } };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops in the reverse order of the start: no association stays open, no file half written. */
  async stop(): Promise<void> {
    this.#running = undefined;
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        this.#context.logger.error({ err: error }, 'A part of the gateway could not be stopped in order.');
      }
    }
  }

  /**
   * Goes on with another configuration: only what it touches is restarted. One at a time.
   * @returns what was restarted, in plain words
   * @throws BrokerError `configuration` where a port or the cache cannot be used: all goes on as before then,
   *   unless `isWhole` says otherwise
   */
  async apply(config: Config): Promise<string[]> {
    const running = this.#running;
    if (running === undefined) throw new Error('Settings are applied to a broker that runs.');
    const touched = touchedParts(running.config, config);
    const archives = running.archives.changed(config);
    // What can fail comes first, and is taken back where something after it does.
    const move = touched.listener ? await running.endpoint.move(config.http) : undefined;
    let left: Storage | undefined;
    try {
      left = await this.#changeReceiving(running, config, touched);
    } catch (error) {
      await move?.undo();
      throw error;
    }
    running.config = config;
    running.storage.cache.setLimits(cacheLimits(config.scp));
    running.retrieval.setSettings(retrievalSettings(config.wado));
    const gone = archives.length > 0 ? await running.archives.change(config) : [];
    if (touched.dicomweb || archives.length > 0) this.#serve(running);
    await this.#leave(running.retrieval, gone);
    await move?.complete();
    await left?.close();
    if (move !== undefined) this.#context.logger.info(running.endpoint.address, 'DICOMweb listens.');
    return [...touched.names, ...archives.map((name) => `the connection to archive ${name}`)];
  }

  /** False where a part could neither be restarted with new settings nor with the ones before. */
  get isWhole(): boolean {
    return this.#running?.endpoint.isListening ?? false;
  }

  async #start(config: Config): Promise<Running> {
    const [storage] = await Promise.all([openStorage(config.scp, this.#context), loadDictionary()]);
    this.#stops.push(() => running.storage.close());
    const imaging = new ImagingPool();
    this.#stops.push(() => imaging.close());
    const taps = new ReceiverTaps(
      receiverEvents({
        ...this.#context,
        storage: () => running.storage,
        retrieval: () => running.retrieval,
      }),
    );
    const receiver = new Receiver(receivingOptions(config), taps);
    this.#stops.push(() => receiver.stop());
    const archives = new ArchiveSet(this.#context, (...order) => receiver.get(...order));
    const endpoint = new DicomwebEndpoint();
    const retrieval = this.#openRetrieval(config, storage, receiver);
    const scp = { address: config.scp.localHost, port: config.scp.localPort, quickAck: '' };
    const running: Running = { config, storage, retrieval, scp, imaging, receiver, taps, archives, endpoint };

    running.scp = await receiver.start();
    this.#told(running.scp, config);
    this.#stops.push(() => archives.stop());
    await archives.change(config);
    this.#stops.push(() => running.retrieval.stop());
    this.#serve(running);
    await endpoint.start(config.http);
    this.#stops.push(() => endpoint.stop());
    this.#context.logger.info(endpoint.address, 'DICOMweb listens.');
    this.health.report('DICOMweb', { state: 'working' });
    return running;
  }

  /** Restarts what receives, where settings touch it. @returns a cache that is left, to be closed */
  async #changeReceiving(
    running: Running,
    config: Config,
    { receiver, cache }: TouchedParts,
  ): Promise<Storage | undefined> {
    if (!receiver) return undefined;
    const storage = cache ? await openStorage(config.scp, this.#context) : running.storage;
    try {
      // Nothing may be on its way into the old cache when instances are filed in the new one.
      if (cache) await running.retrieval.stop();
      running.scp = await running.receiver.restart(receivingOptions(config));
    } catch (error) {
      if (cache) {
        running.retrieval = this.#openRetrieval(running.config, running.storage, running.receiver);
        await storage.close();
        this.#serve(running);
      }
      throw error;
    }
    this.#told(running.scp, config);
    if (!cache) return undefined;
    const left = running.storage;
    running.storage = storage;
    running.retrieval = this.#openRetrieval(config, storage, running.receiver);
    return left;
  }

  /** Lets go of archives that are no longer used, and of what is being retrieved from them. */
  async #leave(retrieval: Retrieval, gone: readonly Archive[]): Promise<void> {
    await Promise.all(
      gone.map(async (archive) => {
        await retrieval.leaveArchive(archive.name, 'the settings of the archive were changed');
        await archive.stop();
      }),
    );
  }

  #serve({ config, storage, imaging, retrieval, archives, endpoint }: Running): void {
    endpoint.serve(
      dicomwebApp({
        ...storage,
        ...this.#context,
        config,
        retrieval,
        imaging,
        archives: archives.archives,
        audit: this.#audit,
      }),
    );
  }

  #openRetrieval(config: Config, { cache }: Storage, receiver: Receiver): Retrieval {
    return new Retrieval({
      cache,
      settings: retrievalSettings(config.wado),
      logger: this.#context.logger,
      expect: (expectation) => receiver.expect(expectation),
      onStart: (archive) => {
        this.metrics.retrievalStarted(archive);
      },
      onEnd: (progress) => {
        cache.noteChange(progress.archive, progress.resource.study);
        this.#retrievalEnded(progress);
      },
    });
  }

  #told(scp: Listening, config: Config): void {
    this.#context.logger.info({ ...scp, aeTitle: config.scp.localAe }, 'The storage SCP listens.');
    this.health.report('storage SCP', { state: 'working' });
  }

  #retrievalEnded(progress: JobProgress): void {
    const outcomes = { complete: 'completed', incomplete: 'incomplete', cancelled: 'cancelled' } as const;
    const { state } = progress;
    this.metrics.retrievalEnded({
      archive: progress.archive,
      outcome: state in outcomes ? outcomes[state as keyof typeof outcomes] : 'failed',
      durationInSecs: (Date.now() - progress.startedAt) / 1000,
    });
  }
}

/**
 * Receives what an archive sends that is being checked: at the broker that runs, else at a storage SCP of its
 * own. One for the life of the process.
 */
export function checkReceiver(broker: () => Broker | undefined): CheckReceiver {
  return new TestReceiver(() => broker()?.tappedReceiver);
}
