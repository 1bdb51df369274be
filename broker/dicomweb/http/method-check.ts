import type { RequestHandler, Router } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/**
 * Has a path answer GET alone. Express would answer HEAD with the GET handler, which must not set a
 * retrieval in motion.
 */
export function getOnly(router: Router, path: string, handler: RequestHandler): void {
  router.head(path, refuseMethod);
  router.get(path, handler);
  router.all(path, refuseMethod);
}

/** @throws BrokerError `not-supported`, always */
const refuseMethod: RequestHandler = (request, response) => {
  response.setHeader('Allow', 'GET');
  throw new BrokerError('not-supported', `${request.method} is not offered here; GET is.`);
};
