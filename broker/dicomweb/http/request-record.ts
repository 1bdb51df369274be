import type { RequestHandler, Response } from 'express';
import type { Logger } from '../../observe/logger.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { redactUrl } from '../../observe/url-redaction.ts';

/** Counts each request by the template of its route, and logs it without what may name a person. */
export function requestRecord(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const durationInSecs = (performance.now() - startedAt) / 1000;
      const { method, originalUrl } = request;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestAnswered({ method, route: routeOf(request.route, response), status, durationInSecs });
      logger.debug(
        { method, url: redactUrl(originalUrl), status, ms: Math.round(durationInSecs * 1000) },
        'A request was answered.',
      );
    });
    next();
  };
}

/** The template that the router matched, never the path itself: each label is a time series. */
function routeOf(route: unknown, response: Response): string {
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  if (typeof path === 'string') return path;
  return response.statusCode === 404 ? 'not found' : 'other';
}
