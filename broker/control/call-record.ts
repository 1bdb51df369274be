import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { inLogContext } from '../observe/log-context.ts';
import type { Logger } from '../observe/logger.ts';

/** Logs each request of the control listener; whatever is logged on its behalf carries the same `request`. */
export function callRecord(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = { request: randomUUID().slice(0, 8) };
    response.once('close', () => {
      const { method, originalUrl: url } = request;
      const status = response.writableFinished ? response.statusCode : 499;
      const ms = Math.round(performance.now() - startedAt);
      logger.debug({ ...context, method, url, status, ms }, 'A request of the control API was answered.');
    });
    inLogContext(context, next);
  };
}
