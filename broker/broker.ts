import { Archive } from './archive/archive.ts';
import { ArchiveWatch } from './archive/archive-watch.ts';
import { Cache } from './cache/cache.ts';
import { pinFillReport } from './cache/pin-limit.ts';
import { InstanceReader } from './cache/instance-reader.ts';
import { Metadata } from './cache/metadata.ts';
import { StudySummaries } from './cache/study-summaries.ts';
import { ThumbnailStore } from './cache/thumbnail-store.ts';
import type { Config } from './config/config.ts';
import { ImagingPool } from './dicom/imaging/imaging-pool.ts';
import { dicomwebApp } from './dicomweb/dicomweb-app.ts';
import { HttpListener } from './dicomweb/http/http-listener.ts';
import { loadDictionary } from './domain/dictionary.ts';
import { DimseStatus, formatStatus } from './domain/dimse-status.ts';
import { toBrokerError } from './domain/errors.ts';
import { loadQuickAck } from './dimse/quick-ack.ts';
import type { Uid } from './domain/uid.ts';
import { AuditTrail } from './observe/audit.ts';
import { HealthBoard } from './observe/health.ts';
import type { Logger } from './observe/logger.ts';
import { Metrics } from './observe/metrics.ts';
import { type ReceiverEvents, Receiver } from './receiving/receiver.ts';
import type { JobProgress } from './retrieval/job-progress.ts';
import { Retrieval } from './retrieval/retrieval.ts';
import { retrievalSettings } from './retrieval/retrieval-settings.ts';

/** Where a started broker listens. */
export interface BrokerAddresses {
  readonly http: { readonly host: string; readonly port: number };
  readonly scp: { readonly host: string; readonly port: number };
}

/** What keeps instances, and what they say. */
interface Kept {
  readonly cache: Cache;
  readonly metadata: Metadata;
  readonly summaries: StudySummaries;
}

const archiveWatchMs = 60_000;
const cacheMetricsMs = 5_000;

/** The gateway: configuration in, start and stop out. Everything is made and wired here. */
export class Broker {
  readonly health = new HealthBoard();
  readonly metrics = new Metrics();
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #stops: (() => void | Promise<void>)[] = [];

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
  }

  /** @throws BrokerError `configuration` where a port or the cache cannot be used; nothing is left running then */
  async start(): Promise<BrokerAddresses> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops in the reverse order of the start: no association stays open, no file half written. */
  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        this.#logger.error({ err: error }, 'A part of the gateway could not be stopped in order.');
      }
    }
  }

  async #start(): Promise<BrokerAddresses> {
    const { scp, dimse, http, wado } = this.#config;
    const [cache] = await Promise.all([
      this.#openCache((archive, study) => {
        metadata.removeStudy(archive, study);
        thumbnails.removeStudy(archive, study);
        summaries.forget(archive, study);
      }),
      loadDictionary(),
    ]);
    const metadata: Metadata = this.#openMetadata(cache);
    const thumbnails: ThumbnailStore = this.#openThumbnails(cache);
    const summaries = new StudySummaries({ cache, metadata, logger: this.#logger });
    this.#stops.push(() => summaries.close());
    summaries.rebuild();
    const reader = new InstanceReader({ logger: this.#logger });
    this.#stops.push(() => reader.close());
    const imaging = new ImagingPool();
    this.#stops.push(() => imaging.close());

    const receiver: Receiver = new Receiver(
      {
        aeTitle: scp.localAe,
        host: scp.localHost,
        port: scp.localPort,
        cacheDirectory: scp.cacheDirPath,
        maxAssociations: scp.maxAssociations,
        maxPduLength: dimse.maxPduLength,
        associationTimeoutMs: dimse.associationTimeoutInSecs * 1000,
        transferTimeoutMs: dimse.transferTimeoutInSecs * 1000,
        idleTimeoutMs: scp.idleTimeoutInSecs * 1000,
        quickAck: dimse.quickAck,
        unsolicitedArchive: scp.acceptUnsolicited ? this.#config.archives[0]?.name : undefined,
      },
      this.#receiverEvents({ cache, metadata, summaries }, () => retrieval),
    );
    this.#stops.push(() => receiver.stop());
    const retrieval: Retrieval = new Retrieval({
      cache,
      settings: retrievalSettings(wado),
      logger: this.#logger,
      expect: (expectation) => receiver.expect(expectation),
      onStart: (archive) => {
        this.metrics.retrievalStarted(archive);
      },
      onEnd: (progress) => {
        cache.noteChange(progress.archive, progress.resource.study);
        this.#retrievalEnded(progress);
      },
    });
    const listening = await receiver.start();
    this.#logger.info({ ...listening, aeTitle: scp.localAe }, 'The storage SCP listens.');
    this.health.report('storage SCP', { state: 'working' });

    const archives = this.#openArchives(receiver);
    this.#stops.push(() => retrieval.stop());
    const app = dicomwebApp({
      config: this.#config,
      archives,
      retrieval,
      cache,
      reader,
      metadata,
      imaging,
      thumbnails,
      logger: this.#logger,
      metrics: this.metrics,
      audit: new AuditTrail(this.#logger),
      health: this.health,
    });
    const listener = new HttpListener(http.host, http.port, app);
    this.#stops.push(() => listener.stop());
    const { port } = await listener.start();
    this.#logger.info({ host: http.host, port }, 'DICOMweb listens.');
    this.health.report('DICOMweb', { state: 'working' });
    return { http: { host: http.host, port }, scp: { host: listening.address, port: listening.port } };
  }

  async #openCache(onStudyLeft: (archive: string, study: Uid) => void): Promise<Cache> {
    const { cacheDirPath, cacheMaxAgeInMin, cacheMaxSizeInMb } = this.#config.scp;
    this.health.report('cache', { state: 'working' });
    const cache = await Cache.open({
      directory: cacheDirPath,
      maxAgeInMin: cacheMaxAgeInMin,
      maxSizeInMb: cacheMaxSizeInMb,
      logger: this.#logger,
      onStudyLeft,
      onPinFill: (fill) => {
        this.health.report('cache', pinFillReport(fill));
      },
    });
    this.#stops.push(() => cache.close());
    const timer = setInterval(() => {
      this.metrics.setCacheSize(cache.statistics());
    }, cacheMetricsMs);
    timer.unref();
    this.#stops.push(() => {
      clearInterval(timer);
    });
    return cache;
  }

  #openMetadata(cache: Cache): Metadata {
    const metadata = new Metadata({ directory: cache.directory, logger: this.#logger });
    this.#stops.push(() => metadata.close());
    const cleaned = metadata
      .removeOthers((archive, study) => cache.hasStudy(archive, study as Uid))
      .catch((error: unknown) => {
        if (toBrokerError(error).code === 'cancelled') return;
        this.#logger.error({ err: error }, 'Metadata of studies that left the cache cannot be removed.');
      });
    // What has been begun at the start is not left half done by a stop that comes soon.
    this.#stops.push(() => cleaned);
    return metadata;
  }

  #openThumbnails(cache: Cache): ThumbnailStore {
    const thumbnails = new ThumbnailStore({ directory: cache.directory, logger: this.#logger });
    this.#stops.push(() => thumbnails.close());
    thumbnails.removeOthers((archive, study) => cache.hasStudy(archive, study as Uid));
    return thumbnails;
  }

  #openArchives(receiver: Receiver): Archive[] {
    const { dimse, scp } = this.#config;
    const loaded = dimse.quickAck ? loadQuickAck() : { unavailable: 'switched off by dimse.quick_ack' };
    if ('unavailable' in loaded) {
      this.#logger.info({ reason: loaded.unavailable }, 'TCP segments are not acknowledged at once.');
    }
    const archives = this.#config.archives.map(
      (config) =>
        new Archive({
          config,
          dimse,
          storeAssociations: this.#config.stow.maxAssociations,
          destination: scp.localAe,
          get: (order, onProgress, signal) => receiver.get(order, onProgress, signal),
          quickAck: 'quickAck' in loaded ? loaded.quickAck : undefined,
          logger: this.#logger,
          onAssociations: (change) => {
            const connection = { archive: config.name, direction: 'outgoing' } as const;
            if (change === 'opened') this.metrics.associationOpened(connection);
            else this.metrics.associationClosed(connection);
          },
        }),
    );
    this.#stops.push(async () => {
      await Promise.all(archives.map((archive) => archive.stop()));
    });
    const watch = new ArchiveWatch({
      archives,
      health: this.health,
      logger: this.#logger,
      intervalMs: archiveWatchMs,
    });
    watch.start();
    this.#stops.push(() => watch.stop());
    return archives;
  }

  #receiverEvents({ cache, metadata, summaries }: Kept, retrieval: () => Retrieval): ReceiverEvents {
    return {
      stored: (instance) => {
        cache.add(instance);
        metadata.prepare(instance);
        summaries.arrived(instance);
        this.metrics.instanceReceived(instance.archive, instance.size - instance.dataSetOffset);
        retrieval().arrived(instance);
      },
      receiving: ({ archive, study, bytes }) => {
        retrieval().active(archive, study, bytes);
      },
      refused: ({ status, comment, sopInstanceUid, callingAeTitle, peer, association }) => {
        const fields = {
          status: formatStatus(status),
          sopInstanceUid,
          callingAeTitle,
          peer,
          association,
        };
        this.#logger.warn(fields, `An instance was refused: ${comment ?? 'no reason'}.`);
        if (status === DimseStatus.outOfResources) {
          this.health.report('cache', {
            state: 'not-working',
            reason: `${comment ?? 'The cache cannot be written'}.`,
            remedy: 'Free space on the disk of the cache, or lower scp.cache_max_size_in_mb.',
          });
          void cache.evict();
        }
      },
      association: ({ what, association, peer, callingAeTitle, open, reason }) => {
        const fields = {
          peer,
          association,
          callingAeTitle,
          open,
          ...(reason === undefined ? {} : { reason }),
        };
        if (what === 'closed' && reason === undefined)
          this.#logger.debug(fields, 'An association with the storage SCP was closed.');
        else if (what === 'opened')
          this.#logger.debug(fields, 'An association with the storage SCP was opened.');
        else this.#logger.warn(fields, `An association with the storage SCP was ${what}.`);
      },
      crashed: (error) => {
        this.#logger.error({ err: error }, 'The receiving thread broke down and is started again.');
        this.health.report('storage SCP', {
          state: 'not-working',
          reason: `The receiving thread broke down: ${error.message}.`,
        });
      },
      listening: () => {
        this.health.report('storage SCP', { state: 'working' });
      },
    };
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
