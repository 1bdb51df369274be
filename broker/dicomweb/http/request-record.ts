import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { inLogContext } from '../../observe/log-context.ts';
import type { Logger } from '../../observe/logger.ts';
import type { Metrics } from '../../observe/metrics.ts';

/**
 * Counts each request by the template of its route, and logs it without what may name a person. Whatever is
 * logged on its behalf carries the same `request`.
 */
export function requestRecord(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = { request: randomUUID().slice(0, 8) };
    response.once('close', () => {
      const durationInSecs = (performance.now() - startedAt) / 1000;
      const { method, originalUrl } = request;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestAnswered({ method, route: routeOf(request.route, response), status, durationInSecs });
      logger.debug(
        { ...context, method, url: originalUrl, status, ms: Math.round(durationInSecs * 1000) },
        'A request was answered.',
      );
    });
    inLogContext(context, next);
  };
}

/** The template that the router matched, never the path itself: each label is a time series. */
function routeOf(route: unknown, response: Response): string {
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  if (typeof path === 'string') return path;
  return response.statusCode === 404 ? 'not found' : 'other';
}
