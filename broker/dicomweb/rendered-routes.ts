import { createHash } from 'node:crypto';
import { type Request, type RequestHandler, Router } from 'express';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { Resource } from '../domain/resource.ts';
import { acceptedRanges } from './accept.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { clientSignal } from './client-signal.ts';
import { answerNotModified } from './conditional-request.ts';
import { parseFrameList } from './frame-list.ts';
import { withFreshFiles } from './fresh-files.ts';
import { getOnly } from './method-check.ts';
import { openInstance } from './open-instance.ts';
import { RenderedAnswer } from './rendered-answer.ts';
import { chooseRenderedForm } from './rendered-form.ts';
import { parseRenderingParameters, valueOf } from './rendering-parameters.ts';
import { representativeInstance } from './representative-instance.ts';
import { resourceOf } from './request-resource.ts';
import { serviceUrl } from './service-url.ts';
import type { WadoRouterOptions } from './wado-routes.ts';

/** Raised where pictures and pages come out differently than before, so that clients do not keep theirs. */
const renderingVersion = 1;

/** Retrieve transactions of WADO-RS for rendered resources (PS3.18 section 10.4.1.1.3). */
export function renderedRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get = renderedHandler(options);
  for (const path of [
    '/studies/:study/rendered',
    '/studies/:study/series/:series/rendered',
    '/studies/:study/series/:series/instances/:instance/rendered',
    '/studies/:study/series/:series/instances/:instance/frames/:frames/rendered',
  ]) {
    getOnly(router, path, get);
  }
  return router;
}

function renderedHandler(options: WadoRouterOptions): RequestHandler {
  const { archive, cache, retrieval } = options;
  return async (request, response) => {
    const startedAt = performance.now();
    const resource = resourceOf(request);
    const frames = framesOf(request);
    const form = chooseRenderedForm(acceptedRanges(request.headers.accept, valueOf(request.query, 'accept')));
    const { picture, warnings } = parseRenderingParameters(request.query);
    const isMultipart = form.isMultipart || frames.length > 1;
    const job = {
      mediaTypes: form.mediaTypes,
      picture: { ...picture, overlays: true },
      studies: pathToStudies(resource),
    };
    const signal = clientSignal(response);
    await withFreshFiles({ ...options, response }, async () => {
      const named = await representativeInstance({ archive, cache, resource, signal });
      using opened = await openInstance(retrieval, archive, named, signal);
      const { instance } = opened;
      const tag = renditionTag(instance, { job, frames, isMultipart });
      if (answerNotModified(request, response, tag)) return;
      const service = serviceUrl(request);
      const answer = new RenderedAnswer({
        ...options,
        response,
        signal,
        instance,
        job,
        isMultipart,
        warnings: warnings.map((text) => `299 ${service}: ${text}`),
      });
      await auditedTransfer(
        { ...options, request, response, resource: named, startedAt },
        () => answer.tally,
        () => answer.send(frames),
      );
    });
  };
}

function framesOf({ params }: Request): (number | 'first')[] {
  return params['frames'] === undefined ? ['first'] : parseFrameList(String(params['frames']));
}

/** From the page of a resource to the studies of the service, for the links in it. */
function pathToStudies({ level }: Resource): string {
  return '../'.repeat({ study: 1, series: 3, instance: 5 }[level]);
}

/** Names what would be sent: it depends on the file and on what was asked for, and on nothing else. */
export function renditionTag({ instance, size, crc32 }: StoredInstance, asked: object): string {
  const text = JSON.stringify([renderingVersion, instance, size, crc32, asked]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
