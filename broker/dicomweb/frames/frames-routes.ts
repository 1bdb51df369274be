import { type RequestHandler, Router } from 'express';
import { requestedRanges } from '../http/requested-ranges.ts';
import { auditedTransfer } from '../retrieve/audited-transfer.ts';
import { clientSignal } from '../http/client-signal.ts';
import { chooseFrameForm } from './frame-form.ts';
import { framePlacesOf } from './frame-content.ts';
import { parseFrameList } from './frame-list.ts';
import { FramesAnswer } from './frames-answer.ts';
import { getOnly } from '../http/method-check.ts';
import { openInstance } from '../retrieve/open-instance.ts';
import { instanceOf } from '../http/request-resource.ts';
import { withFreshFiles } from '../retrieve/fresh-files.ts';
import { serviceUrl } from '../http/service-url.ts';
import type { WadoRouterOptions } from '../retrieve/wado-routes.ts';

/** Retrieve transaction of WADO-RS for frames (PS3.18 section 10.4.1.1.6). */
export function framesRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  getOnly(
    router,
    '/studies/:study/series/:series/instances/:instance/frames/:frames',
    framesHandler(options),
  );
  return router;
}

function framesHandler(options: WadoRouterOptions): RequestHandler {
  const { archive, retrieval, metadata } = options;
  return async (request, response) => {
    const startedAt = performance.now();
    const resource = instanceOf(request);
    const numbers = parseFrameList(String(request.params['frames']));
    const ranges = requestedRanges(request);
    const signal = clientSignal(response);
    await withFreshFiles({ ...options, response }, async () => {
      using opened = await openInstance(retrieval, archive, resource, signal);
      const { instance } = opened;
      const image = await metadata.describe(instance, signal);
      const places = await framePlacesOf(instance, image);
      const frames = numbers.map((number) => ({ number, place: places.place(number) }));
      const form = chooseFrameForm(ranges, instance.transferSyntaxUid, frames.length === 1);
      const { study, series } = instance;
      const url = `${serviceUrl(request)}/studies/${study}/series/${series}/instances/${instance.instance}`;
      const answer = new FramesAnswer({ ...options, response, signal, instance, image, form, url });
      await auditedTransfer(
        { ...options, request, response, resource, startedAt },
        () => answer.tally,
        () => answer.send(frames),
      );
    });
  };
}
