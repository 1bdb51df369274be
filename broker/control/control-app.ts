import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import { callRecord } from './call-record.ts';
import { hostCheck } from './checks/host-check.ts';
import { jsonBody } from './checks/json-body.ts';
import { fetchSiteCheck, originCheck } from './checks/origin-check.ts';
import type { StreamLimit } from './checks/stream-limit.ts';
import { tokenCheck } from './checks/token-check.ts';
import { TokenGate } from './checks/token-gate.ts';
import { controlError } from './control-problem.ts';
import type { ControlServices } from './control-services.ts';
import { healthRoute } from './health-route.ts';
import { openapiDocument } from './openapi-document.ts';
import { pageRoutes } from './page/page-routes.ts';
import { procedureCalls } from './procedure-calls.ts';
import { controlRouter } from './router.ts';
import { securityHeaders } from './security-headers.ts';

export interface ControlAppOptions {
  readonly services: ControlServices;
  readonly token: string;
  /** Host names beside the loopback ones and the listener's addresses. */
  readonly allowedHosts: readonly string[];
  /** The built page; undefined where there is none. */
  readonly rendererDirectory: string | undefined;
  readonly streams: StreamLimit;
}

/** The HTTP side of the control API: checks first, then procedures in both forms, then the page. */
export function controlApp(options: ControlAppOptions): Express {
  const { services, streams } = options;
  const { logger } = services;
  const calls = procedureCalls(controlRouter(services), streams, logger);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(callRecord(logger), securityHeaders());
  app.use(hostCheck(options.allowedHosts), originCheck());
  app.get('/health', healthRoute(services.lifecycle));

  const gate = new TokenGate(options.token);
  app.use(['/api', '/rpc'], fetchSiteCheck(), noStore, tokenCheck(gate, logger), jsonBody());
  const document = openapiDocument(services.version);
  // Asked for later: what fails is told then.
  document.catch(() => undefined);
  const rest = Router();
  rest.get('/openapi.json', async (_request, response) => {
    response.json(await document);
  });
  rest.use(async (request, response, next) => {
    const { matched } = await calls.rest.handle(request, response, { prefix: '/api', context: { response } });
    if (!matched) next(nothingAt(request.originalUrl));
  });
  app.use('/api', rest);
  app.use('/rpc', async (request, response, next) => {
    const { matched } = await calls.rpc.handle(request, response, { prefix: '/rpc', context: { response } });
    if (!matched) next(nothingAt(request.originalUrl));
  });

  app.use(pageRoutes(options.rendererDirectory));
  app.use((request) => {
    throw nothingAt(request.originalUrl);
  });
  app.use(answerError(logger));
  return app;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

function nothingAt(url: string): BrokerError {
  return new BrokerError('not-found', `There is nothing at ${url.replace(/[?#].*$/s, '').slice(0, 200)}.`, {
    remedy: 'The user interface is at /, the control API at /api, described by /api/openapi.json.',
  });
}

/** In the form of the API that was asked: the client of /rpc reads an envelope. */
function answerError(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = toBrokerError(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'A request of the control API failed.');
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const answer = controlError(error);
    const body = answer.toJSON();
    if (error.code === 'too-large') response.setHeader('Connection', 'close');
    response
      .status(answer.status)
      .json(request.originalUrl.startsWith('/rpc/') ? { json: body, meta: [] } : body);
  };
}
