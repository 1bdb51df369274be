import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Resource } from '../domain/resource.ts';
import { acceptedRanges } from './accept.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { clientSignal } from './client-signal.ts';
import { answerNotModified } from './conditional-request.ts';
import { withFreshFiles } from './fresh-files.ts';
import { MetadataAnswer } from './metadata-answer.ts';
import { getOnly } from './method-check.ts';
import { requestOrigin } from './request-origin.ts';
import { resourceOf } from './request-resource.ts';
import { chooseResultFormat, type ResultFormat } from './result-format.ts';
import type { WadoRouterOptions } from './wado-routes.ts';

/** Retrieve transactions of WADO-RS for metadata of a study, series or instance (PS3.18 section 10.4.1.1.2). */
export function metadataRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get: RequestHandler = async (request, response) => {
    const resource = resourceOf(request);
    const accept = typeof request.query['accept'] === 'string' ? request.query['accept'] : undefined;
    const format = chooseResultFormat(acceptedRanges(request.headers.accept, accept));
    const signal = clientSignal(response);
    await new MetadataTransaction({ ...options, request, response, resource, format, signal }).run();
  };
  for (const path of [
    '/studies/:study/metadata',
    '/studies/:study/series/:series/metadata',
    '/studies/:study/series/:series/instances/:instance/metadata',
  ]) {
    getOnly(router, path, get);
  }
  return router;
}

interface TransactionOptions extends WadoRouterOptions {
  readonly request: Request;
  readonly response: Response;
  readonly resource: Resource;
  readonly format: ResultFormat;
  readonly signal: AbortSignal;
}

/** One request for metadata, from the retrieval to the last byte. */
class MetadataTransaction {
  readonly #options: TransactionOptions;
  readonly #startedAt = performance.now();

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { response } = this.#options;
    response.setHeader('Vary', 'Accept');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    await withFreshFiles(this.#options, () => this.#attempt());
  }

  async #attempt(): Promise<void> {
    const { archive, retrieval, resource, signal, request, response } = this.#options;
    using opened = await retrieval.open(archive, resource, signal);
    const service = requestOrigin(request) + request.baseUrl;
    const answer = new MetadataAnswer({ ...this.#options, service });
    const isKnown = opened.kind === 'complete';
    if (isKnown && answerNotModified(request, response, answer.tagOf(opened.instances))) return;
    await auditedTransfer(
      { ...this.#options, startedAt: this.#startedAt },
      () => answer.tally,
      () => answer.send(opened),
    );
  }
}
