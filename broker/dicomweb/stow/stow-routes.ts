import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Archive } from '../../archive/archive.ts';
import type { Cache } from '../../cache/cache.ts';
import type { Spool } from '../../cache/spool.ts';
import type { Config } from '../../config/config.ts';
import type { ImagingPool } from '../../dicom/imaging/imaging-pool.ts';
import { statusClass } from '../../domain/dimse-status.ts';
import { BrokerError } from '../../domain/errors.ts';
import { type Uid, parseUid } from '../../domain/uid.ts';
import type { AuditTrail } from '../../observe/audit.ts';
import type { Logger } from '../../observe/logger.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Retrieval } from '../../retrieval/retrieval.ts';
import { requestedRanges } from '../http/requested-ranges.ts';
import { discardBody, liftBodyDeadline } from './body-deadline.ts';
import { InstanceTranscoder } from '../retrieve/instance-transcoder.ts';
import type { ReceivedInstance } from './received-instance.ts';
import { requestBody } from './request-body.ts';
import { serviceUrl, siblingServiceUrl } from '../http/service-url.ts';
import { storeAnswer, isStored, type StoreOutcome } from './store-answer.ts';
import { type StoreFormat, chooseStoreFormat } from './store-format.ts';
import { type ReadPayload, storePayload } from './store-payload.ts';
import { transcodeForStore } from './store-transcoding.ts';
import { StoreTransaction } from './store-transaction.ts';

export interface StowRouterOptions {
  readonly archive: Archive;
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly spool: Spool;
  readonly imaging: ImagingPool;
  readonly limits: Config['stow'];
  /** Paths of this service, and of the WADO-RS service that gives out what is stored, under their root. */
  readonly stowUrlBase: string;
  readonly wadoUrlBase: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly audit: AuditTrail;
  /**
   * Whether a web page of that origin may store; undefined where the request has no Origin header. A page
   * can send a multipart body to another origin without being asked first (no preflight).
   */
  readonly allowsOrigin: (origin: string | undefined) => boolean;
}

/** Store transactions of STOW-RS (PS3.18 section 10.5). */
export function stowRouter(options: StowRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const path of ['/studies', '/studies/:study']) router.post(path, storeHandler(options));
  return router;
}

const bytesPerMb = 1_000_000;

function storeHandler(options: StowRouterOptions): RequestHandler {
  return async (request, response) => {
    response.once('finish', () => {
      discardBody(request);
    });
    const origin = request.headers.origin;
    if (!options.allowsOrigin(origin)) {
      throw new BrokerError('forbidden', 'Web pages of this origin may not store here.', {
        remedy: 'Add the origin to http.allowed_origins.',
      });
    }
    const study = readStudy(request);
    const format = chooseStoreFormat(requestedRanges(request));
    const payload = storePayload(request);
    liftBodyDeadline(request);
    await new Store({ ...options, request, response, study, format, payload }).run();
  };
}

function readStudy({ params }: Request): Uid | undefined {
  const study = params['study'];
  return study === undefined ? undefined : parseUid(String(study), 'The Study Instance UID of the path');
}

interface StoreOptions extends StowRouterOptions {
  readonly request: Request;
  readonly response: Response;
  readonly study: Uid | undefined;
  readonly format: StoreFormat;
  readonly payload: ReadPayload;
}

interface StudyTally {
  instances: number;
  bytes: number;
}

/** One request to store, from its first byte to the answer. */
class Store {
  readonly #options: StoreOptions;
  readonly #startedAt = performance.now();
  readonly #stored = new Map<Uid, StudyTally>();

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { archive, request, response, limits, payload, study, spool, imaging, cache } = this.#options;
    const transcoder = new InstanceTranscoder(imaging, cache.directory);
    const transaction = new StoreTransaction({
      run: archive.storing(),
      maxInstances: limits.maxInstances,
      transcode: (instance) => transcodeForStore(instance, { spool, transcoder }),
      onStored: (instance) => {
        this.#noteStored(instance);
      },
    });
    const body = requestBody(request, {
      maxBytes: limits.maxRequestSizeInMb * bytesPerMb,
      idleTimeoutMs: limits.requestTimeoutInSecs * 1000,
    });
    let outcomes: StoreOutcome[] = [];
    try {
      outcomes = await transaction.store(
        payload(body, {
          spool,
          study,
          maxPartLength: limits.maxInstanceSizeInMb * bytesPerMb,
          maxParts: limits.maxInstances,
        }),
      );
      this.#answer(outcomes);
    } finally {
      this.#record(outcomes, response);
    }
  }

  #answer(outcomes: readonly StoreOutcome[]): void {
    const { request, response, format, stowUrlBase, wadoUrlBase } = this.#options;
    const bases = {
      stow: serviceUrl(request),
      wado: siblingServiceUrl(request, { own: stowUrlBase, sibling: wadoUrlBase }),
    };
    const { status, dataSet, warnings } = storeAnswer(outcomes, bases);
    response.status(status);
    response.setHeader('Content-Type', format.contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (warnings.length > 0) response.setHeader('Warning', warnings);
    response.end(format.text(dataSet));
  }

  /** What is cached of the study is no longer all of it, and a copy that was replaced is no longer the one. */
  #noteStored({ identity, length }: ReceivedInstance): void {
    const { archive, cache, retrieval, metrics } = this.#options;
    const { study, series, sopInstanceUid } = identity;
    const tally = this.#stored.get(study) ?? { instances: 0, bytes: 0 };
    tally.instances += 1;
    tally.bytes += length;
    this.#stored.set(study, tally);
    metrics.instanceStored(archive.name, length);
    const cached = cache.has(archive.name, study, series, sopInstanceUid);
    if (cached !== undefined) cache.discard(cached, 'it was stored anew');
    retrieval.changed(archive.name, study);
  }

  #record(outcomes: readonly StoreOutcome[], { statusCode }: Response): void {
    const { archive, audit, logger, metrics, request, study } = this.#options;
    const failed = outcomes.filter((outcome) => !isStored(outcome));
    metrics.storesFailed(archive.name, failed.length);
    for (const { label, status, comment } of failed) {
      logger.warn(
        { archive: archive.name, part: label, status, reason: comment },
        'An instance was not stored.',
      );
    }
    const warned = outcomes.filter(({ status }) => statusClass(status) === 'warning').length;
    if (warned > 0) logger.warn({ archive: archive.name, warned }, 'Instances were stored with warnings.');
    const durationInMs = Math.round(performance.now() - this.#startedAt);
    const studies =
      this.#stored.size > 0 ? [...this.#stored] : [[study, { instances: 0, bytes: 0 }] as const];
    for (const [ofStudy, tally] of studies) {
      audit.instancesStored(
        {
          remoteAddress: request.socket.remoteAddress ?? 'unknown',
          userAgent: request.headers['user-agent'],
          verb: request.method,
          archive: archive.name,
          ...(ofStudy === undefined ? {} : { study: ofStudy }),
        },
        { ...tally, status: statusCode, durationInMs, complete: outcomes.length > 0 && failed.length === 0 },
      );
    }
  }
}
