import { type Request, type RequestHandler, Router } from 'express';
import {
  defaultThumbnailViewport,
  instanceThumbnail,
  thumbnailJob,
  thumbnailVariant,
} from '../../cache/instance-thumbnail.ts';
import { BrokerError } from '../../domain/errors.ts';
import { acceptedRanges } from '../http/accept.ts';
import { auditedTransfer } from '../retrieve/audited-transfer.ts';
import { clientSignal } from '../http/client-signal.ts';
import { answerNotModified } from '../http/conditional-request.ts';
import { parseFrameList } from '../frames/frame-list.ts';
import { withFreshFiles } from '../retrieve/fresh-files.ts';
import { getOnly } from '../http/method-check.ts';
import { openInstance } from '../retrieve/open-instance.ts';
import { RenderedAnswer } from './rendered-answer.ts';
import { choosePictureForm } from './rendered-form.ts';
import { renditionTag } from './rendition-tag.ts';
import { parseThumbnailViewport, valueOf } from './rendering-parameters.ts';
import { representativeInstance } from './representative-instance.ts';
import { resourceOf } from '../http/request-resource.ts';
import type { WadoRouterOptions } from '../retrieve/wado-routes.ts';

/**
 * Retrieve transactions of WADO-RS for thumbnails (PS3.18 section 10.4.1.1.4). Every instance has one:
 * where there is no picture, an icon that names the modality.
 */
export function thumbnailRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get = thumbnailHandler(options);
  for (const path of [
    '/studies/:study/thumbnail',
    '/studies/:study/series/:series/thumbnail',
    '/studies/:study/series/:series/instances/:instance/thumbnail',
    '/studies/:study/series/:series/instances/:instance/frames/:frames/thumbnail',
  ]) {
    getOnly(router, path, get);
  }
  return router;
}

function thumbnailHandler(options: WadoRouterOptions): RequestHandler {
  const { archive, cache, retrieval } = options;
  return async (request, response) => {
    const startedAt = performance.now();
    const resource = resourceOf(request);
    const frame = frameOf(request);
    const ranges = acceptedRanges(request.headers.accept, valueOf(request.query, 'accept'));
    const { mediaTypes, isMultipart } = choosePictureForm(ranges);
    const viewport = parseThumbnailViewport(request.query) ?? defaultThumbnailViewport;
    const form = { mediaType: mediaTypes[0] ?? '', frame, viewport };
    const signal = clientSignal(response);
    await withFreshFiles({ ...options, response }, async () => {
      const named = await representativeInstance({ archive, cache, resource, signal });
      using opened = await openInstance(retrieval, archive, named, signal);
      const { instance } = opened;
      response.vary('Accept');
      if (
        answerNotModified(
          request,
          response,
          renditionTag(instance, { variant: thumbnailVariant(form), isMultipart }),
        )
      )
        return;
      const answer = new RenderedAnswer({
        ...options,
        response,
        signal,
        instance,
        job: thumbnailJob(form),
        isMultipart,
        warnings: [],
      });
      const send = async (): Promise<void> => {
        if (isMultipart) return answer.send([frame]);
        answer.sendMade(await instanceThumbnail({ ...options, instance, signal }, form));
      };
      await auditedTransfer(
        { ...options, request, response, resource: named, startedAt },
        () => answer.tally,
        send,
      );
    });
  };
}

/** @throws BrokerError `bad-request` where the path names several frames: a thumbnail is one picture */
function frameOf({ params }: Request): number | 'middle' {
  if (params['frames'] === undefined) return 'middle';
  const [frame, ...others] = parseFrameList(String(params['frames']));
  if (frame !== undefined && others.length === 0) return frame;
  throw new BrokerError('bad-request', 'The path names several frames; a thumbnail is of one.');
}
