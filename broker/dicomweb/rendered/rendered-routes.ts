import { type Request, type RequestHandler, Router } from 'express';
import type { Resource } from '../../domain/resource.ts';
import { acceptedRanges } from '../http/accept.ts';
import { parseFrameList } from '../frames/frame-list.ts';
import { getOnly } from '../http/method-check.ts';
import { answerRendered } from './answer-rendered.ts';
import { chooseRenderedForm } from './rendered-form.ts';
import { parseRenderingParameters, valueOf } from './rendering-parameters.ts';
import { resourceOf } from '../http/request-resource.ts';
import type { WadoRouterOptions } from '../retrieve/wado-routes.ts';

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
  return async (request, response) => {
    const resource = resourceOf(request);
    const form = chooseRenderedForm(acceptedRanges(request.headers.accept, valueOf(request.query, 'accept')));
    const { picture, warnings } = parseRenderingParameters(request.query);
    await answerRendered(options, {
      request,
      response,
      resource,
      frames: framesOf(request),
      form,
      picture,
      warnings,
      studies: pathToStudies(resource),
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
