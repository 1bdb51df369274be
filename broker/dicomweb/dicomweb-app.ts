import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Archive } from '../archive/archive.ts';
import type { Cache } from '../cache/cache.ts';
import { Spool } from '../cache/spool.ts';
import type { InstanceReader } from '../cache/instance-reader.ts';
import type { Config } from '../config/config.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { AuditTrail } from '../observe/audit.ts';
import type { HealthBoard } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import { loopbackHostCheck } from './host-check.ts';
import { sendProblem } from './problem.ts';
import { qidoMethodNotAllowed, qidoRouter } from './qido-routes.ts';
import { requestRecord } from './request-record.ts';
import { stowMethodNotAllowed, stowRouter } from './stow-routes.ts';
import { statusRouter } from './status-routes.ts';
import { wadoRouter } from './wado-routes.ts';

export interface DicomwebOptions {
  readonly config: Config;
  /** The first is served at the root bases. */
  readonly archives: readonly Archive[];
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly reader: InstanceReader;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly audit: AuditTrail;
  readonly health: HealthBoard;
}

/** The HTTP side of the gateway. It sends no CORS headers: a web page of another origin reads nothing. */
export function dicomwebApp(options: DicomwebOptions): Express {
  const { config, archives, logger, metrics, health } = options;
  const [archive] = archives;
  if (archive === undefined) throw new BrokerError('configuration', 'No archive is configured.');
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(requestRecord(logger, metrics));
  app.use(loopbackHostCheck(config.http.host));
  app.use(statusRouter(health, metrics));
  app.use(
    config.qido.urlBase,
    qidoRouter({
      ...options,
      archive,
      defaultLimit: config.qido.defaultLimit,
      maxRelatedQueries: config.qido.maxRelatedQueries,
      qidoUrlBase: config.qido.urlBase,
      wadoUrlBase: config.wado.urlBase,
    }),
  );
  // Before those that refuse other methods than theirs on the same paths.
  app.use(
    config.stow.urlBase,
    stowRouter({
      ...options,
      archive,
      spool: new Spool({ directory: options.cache.directory }),
      limits: config.stow,
      stowUrlBase: config.stow.urlBase,
      wadoUrlBase: config.wado.urlBase,
      allowsOrigin: () => true,
    }),
  );
  app.use(config.wado.urlBase, wadoRouter({ ...options, archive }));
  app.use(config.qido.urlBase, qidoMethodNotAllowed());
  app.use(config.stow.urlBase, stowMethodNotAllowed());
  app.use((request) => {
    throw new BrokerError(
      'not-found',
      `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`,
      {
        remedy: `QIDO-RS is at ${config.qido.urlBase}/studies, WADO-RS at ${config.wado.urlBase}/studies/{study}, STOW-RS at ${config.stow.urlBase}/studies.`,
      },
    );
  });
  app.use(answerError(logger));
  return app;
}

/** What has begun cannot be taken back: a body that is cut off must not look whole. */
function answerError(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = toBrokerError(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'A request failed.');
    if (response.headersSent) {
      if (error.code !== 'cancelled')
        logger.warn({ code: error.code }, `An answer was broken off: ${error.message}`);
      response.destroy();
      return;
    }
    if (error.code === 'cancelled' && response.destroyed) return;
    sendProblem(response, error, request.headers.accept);
  };
}
