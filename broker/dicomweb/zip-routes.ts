import { type NextFunction, type Request, type Response, Router } from 'express';
import { acceptedRanges, chooseOffer } from './accept.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { clientSignal } from './client-signal.ts';
import { withFreshFiles } from './fresh-files.ts';
import { resourceOf } from './request-resource.ts';
import type { WadoRouterOptions } from './wado-routes.ts';
import { ZipAnswer } from './zip-answer.ts';

/** What an Instance Resource can be sent as; those before the archive are for `wadoRouter`. */
const offers = [
  { type: 'multipart/related', parameters: { type: 'application/dicom', 'transfer-syntax': '*' } },
  { type: 'application/dicom', parameters: { 'transfer-syntax': '*' } },
  { type: 'application/zip', parameters: { 'transfer-syntax': '*' } },
] as const;

/**
 * Retrieve transactions of WADO-RS as application/zip (PS3.18 section 10.4.1.1.1 and table 8.7.4-1): the
 * instances as they are stored, one file each. Requests that want another form go on to the next router.
 */
export function zipRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const accept = typeof request.query['accept'] === 'string' ? request.query['accept'] : undefined;
    const chosen = chooseOffer(acceptedRanges(request.headers.accept, accept), offers);
    if (request.method !== 'GET' || chosen?.type !== 'application/zip') {
      next();
      return;
    }
    await sendZip(options, request, response);
  };
  router.get('/studies/:study', get);
  router.get('/studies/:study/series/:series', get);
  router.get('/studies/:study/series/:series/instances/:instance', get);
  return router;
}

async function sendZip(options: WadoRouterOptions, request: Request, response: Response): Promise<void> {
  const startedAt = performance.now();
  const { archive, retrieval } = options;
  const resource = resourceOf(request);
  const signal = clientSignal(response);
  await withFreshFiles({ ...options, response }, async () => {
    using opened = await retrieval.open(archive, resource, signal);
    const answer = new ZipAnswer({ ...options, response, resource, signal });
    await auditedTransfer(
      { ...options, request, response, resource, startedAt },
      () => answer.tally,
      () => answer.send(opened),
    );
  });
}
