import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { BrokerError } from '../../domain/errors.ts';
import type { Resource } from '../../domain/resource.ts';
import { requestedRanges } from '../http/requested-ranges.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { clientSignal } from '../http/client-signal.ts';
import { answerNotModified } from '../http/conditional-request.ts';
import { MetadataAnswer } from './metadata-answer.ts';
import { getOnly } from '../http/method-check.ts';
import { openInstance } from './open-instance.ts';
import { resourceOf } from '../http/request-resource.ts';
import { chooseResultFormat, type ResultFormat } from '../http/result-format.ts';
import { serviceUrl } from '../http/service-url.ts';
import type { WadoRouterOptions } from './wado-routes.ts';

/** Retrieve transactions of WADO-RS for metadata of a study, series or instance (PS3.18 section 10.4.1.1.2). */
export function metadataRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get: RequestHandler = async (request, response) => {
    const resource = resourceOf(request);
    const format = chooseResultFormat(requestedRanges(request));
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
    const { archive, retrieval, resource, signal, request, response } = this.#options;
    response.vary('Accept');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    using opened = await retrieval.open(archive, resource, signal);
    const answer = new MetadataAnswer({
      ...this.#options,
      service: serviceUrl(request),
      refetch: (instance, error) => this.#refetch(instance, error),
    });
    const isKnown = opened.kind === 'complete';
    if (isKnown && answerNotModified(request, response, answer.tagOf(opened.instances))) return;
    try {
      await auditedTransfer(
        { ...this.#options, startedAt: this.#startedAt },
        () => answer.tally,
        () => answer.send(opened),
      );
    } catch (error) {
      if (!response.headersSent) response.removeHeader('ETag');
      throw error;
    }
  }

  /** Has the archive send an instance again whose file is damaged. */
  async #refetch(damaged: StoredInstance, error: BrokerError): Promise<StoredInstance> {
    const { archive, retrieval, cache, signal } = this.#options;
    cache.discard(damaged, error.message);
    retrieval.lost(damaged);
    const { study, series, instance } = damaged;
    using fresh = await openInstance(
      retrieval,
      archive,
      { level: 'instance', study, series, instance },
      signal,
    );
    return fresh.instance;
  }
}
