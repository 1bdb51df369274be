import { type Request, type Response, Router } from 'express';
import type { QueryLevel } from '../../archive/query.ts';
import { toBrokerError } from '../../domain/errors.ts';
import type { Logger } from '../../observe/logger.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { acceptedRanges } from '../http/accept.ts';
import { sendProblem } from '../http/problem.ts';
import { parseQidoRequest, type QidoRequest, type QidoTarget } from './qido-parameters.ts';
import { type QueriedArchive, QidoSearch } from './qido-search.ts';
import { chooseResultFormat, type ResultFormat } from '../http/result-format.ts';
import { sendResults } from './send-results.ts';
import { serviceUrl, siblingServiceUrl } from '../http/service-url.ts';

export interface QidoRouterOptions {
  readonly archive: QueriedArchive;
  /** Results where the client states no limit, and lower-level queries for one request at most. */
  readonly defaultLimit: number;
  readonly maxRelatedQueries: number;
  /** Paths of the services under their common root, without a slash at their ends. */
  readonly qidoUrlBase: string;
  readonly wadoUrlBase: string;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'queryAnswered'>;
}

/** The resources that can be searched (PS3.18 table 10.6.1-1). */
const resources: readonly (readonly [path: string, level: QueryLevel])[] = [
  ['/studies', 'study'],
  ['/series', 'series'],
  ['/instances', 'instance'],
  ['/studies/:study/series', 'series'],
  ['/studies/:study/instances', 'instance'],
  ['/studies/:study/series/:series/instances', 'instance'],
];

/** QIDO-RS (PS3.18 section 10.6), to be mounted at its base path. Every error is answered here. */
export function qidoRouter(options: QidoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const [path, level] of resources) {
    router.get(path, (request, response) => {
      const { study, series } = request.params as { study?: string; series?: string };
      return search({ level, study, series }, { request, response }, options);
    });
  }
  return router;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

interface Prepared {
  readonly request: QidoRequest;
  readonly format: ResultFormat;
}

async function search(target: QidoTarget, exchange: Exchange, options: QidoRouterOptions): Promise<void> {
  const { request, response } = exchange;
  try {
    const prepared = prepare(target, request);
    await answer(prepared, exchange, options);
  } catch (thrown) {
    const error = toBrokerError(thrown);
    if (error.code !== 'bad-request' && error.code !== 'cancelled') {
      options.logger.warn({ archive: options.archive.name, error }, 'a search failed');
    }
    // A short list that ends well would be taken for the whole: what has begun is broken off.
    if (response.headersSent) response.destroy();
    else sendProblem(response, error, request.headers.accept);
  }
}

/** @throws BrokerError `bad-request`, `not-acceptable` */
function prepare(target: QidoTarget, request: Request): Prepared {
  const mark = request.url.indexOf('?');
  const parsed = parseQidoRequest(target, mark < 0 ? '' : request.url.slice(mark + 1));
  const format = chooseResultFormat(acceptedRanges(request.headers.accept, parsed.accept));
  return { request: parsed, format };
}

async function answer(prepared: Prepared, exchange: Exchange, options: QidoRouterOptions): Promise<void> {
  const { response } = exchange;
  const { archive, metrics } = options;
  const left = new AbortController();
  const leave = (): void => left.abort();
  response.once('close', leave);
  const startedAt = performance.now();
  const search = new QidoSearch(prepared.request, {
    ...options,
    wadoBase: siblingServiceUrl(exchange.request, {
      own: options.qidoUrlBase,
      sibling: options.wadoUrlBase,
    }),
    signal: left.signal,
  });
  let outcome: 'completed' | 'cut-off' | 'cancelled' | 'failed' = 'failed';
  try {
    await sendResults(response, search, {
      ...prepared,
      service: serviceUrl(exchange.request),
      signal: left.signal,
    });
    outcome = search.isCutOff ? 'cut-off' : 'completed';
  } catch (error) {
    if (left.signal.aborted) outcome = 'cancelled';
    throw error;
  } finally {
    response.off('close', leave);
    metrics.queryAnswered({
      archive: archive.name,
      level: prepared.request.level,
      outcome,
      durationInSecs: (performance.now() - startedAt) / 1000,
    });
  }
}
