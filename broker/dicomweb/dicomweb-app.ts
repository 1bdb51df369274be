import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { Archive } from '../archive/archive.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { HealthBoard } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import { type ArchiveMount, archiveMounts } from '../config/archive-mounts.ts';
import { type ArchiveServices, archiveRouter } from './archive-router.ts';
import { crossOrigin } from './http/cross-origin.ts';
import { loopbackHostCheck } from './http/host-check.ts';
import { sendProblem } from './http/problem.ts';
import { setPublicUrl } from './http/request-origin.ts';
import { requestRecord } from './http/request-record.ts';
import { statusRouter } from './http/status-routes.ts';
import { RootSurface } from './surface/root-surface.ts';
import { textCompression } from './http/text-compression.ts';

/** What the services of every archive share, and the archives themselves. */
export interface DicomwebOptions extends Omit<ArchiveServices, 'archive'> {
  /** Those of the configuration; `default` is served at the root bases too. */
  readonly archives: readonly Archive[];
  readonly health: HealthBoard;
}

/** The HTTP side of the gateway. Health and metrics are for nobody's web page: they stand before CORS. */
export function dicomwebApp(options: DicomwebOptions): Express {
  const { config, archives, logger, metrics, health } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.use(requestRecord(logger, metrics));
  setPublicUrl(app, config.http.publicUrl);
  app.use(loopbackHostCheck(config.http.host, config.http.publicUrl));
  app.use(statusRouter(health, metrics));
  const mounts = archiveMounts(config);
  app.use(crossOrigin(config, methodsBelow(mounts)));
  if (config.http.compression) app.use(textCompression());
  for (const { archive: name, root, bases } of mounts) {
    const archive = archives.find((candidate) => candidate.name === name);
    if (archive === undefined) throw new BrokerError('configuration', `Archive ${name} is not there.`);
    app.use(root === '' ? '/' : root, archiveRouter({ ...options, archive }, bases));
  }
  app.use((request) => {
    throw new BrokerError(
      'not-found',
      `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`,
      {
        // Names of archives are not told to those who do not know them.
        remedy: `QIDO-RS is at ${config.qido.urlBase}/studies, WADO-RS at ${config.wado.urlBase}/studies/{study}, STOW-RS at ${config.stow.urlBase}/studies, all together at /dicom-web; further archives have the same under /archives/{name}.`,
      },
    );
  });
  app.use(answerError(logger));
  return app;
}

/** The methods that the resource of a request takes, whichever root it is below. */
function methodsBelow(mounts: readonly ArchiveMount[]): (request: Request) => readonly string[] {
  const roots = mounts.map(({ root, bases }) => ({ root, surface: new RootSurface(bases) }));
  return ({ path }) => {
    const methods = roots
      .filter(({ root }) => path.startsWith(`${root}/`))
      .flatMap(({ root, surface }) => surface.methodsAt(path.slice(root.length)));
    return [...new Set(methods)];
  };
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
