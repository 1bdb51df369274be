import type { Request, Response } from 'express';
import type { RenditionJob } from '../../dicom/rendering/rendition.ts';
import type { Resource } from '../../domain/resource.ts';
import { auditedTransfer } from '../retrieve/audited-transfer.ts';
import { clientSignal } from '../http/client-signal.ts';
import { answerNotModified } from '../http/conditional-request.ts';
import { withFreshFiles } from '../retrieve/fresh-files.ts';
import { openInstance } from '../retrieve/open-instance.ts';
import { RenderedAnswer } from './rendered-answer.ts';
import type { RenderedForm } from './rendered-form.ts';
import type { RenderingParameters } from './rendering-parameters.ts';
import { renditionTag } from './rendition-tag.ts';
import { representativeInstance } from './representative-instance.ts';
import { serviceUrl } from '../http/service-url.ts';
import type { WadoRouterOptions } from '../retrieve/wado-routes.ts';

/** A request for something rendered, by whichever service it came. */
export interface RenderedRequest extends RenderingParameters {
  readonly request: Request;
  readonly response: Response;
  readonly resource: Resource;
  readonly frames: readonly RenditionJob['frame'][];
  readonly form: RenderedForm;
  /** Path from the page to the studies of the service, for the links in it. */
  readonly studies: string;
}

/**
 * Renders a study, series or instance, or frames of it, and sends that.
 * @throws BrokerError of the retrieval, and as `renderInstance`
 */
export async function answerRendered(options: WadoRouterOptions, asked: RenderedRequest): Promise<void> {
  const { archive, cache, retrieval } = options;
  const { request, response, resource, frames, form, picture, warnings, studies } = asked;
  const startedAt = performance.now();
  const isMultipart = form.isMultipart || frames.length > 1;
  const job = { mediaTypes: form.mediaTypes, picture: { ...picture, overlays: true }, studies };
  const signal = clientSignal(response);
  await withFreshFiles({ ...options, response }, async () => {
    const named = await representativeInstance({ archive, cache, resource, signal });
    using opened = await openInstance(retrieval, archive, named, signal);
    const { instance } = opened;
    response.vary('Accept');
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
}
