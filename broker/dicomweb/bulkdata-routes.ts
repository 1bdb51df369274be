import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { InstancePlaces } from '../cache/metadata.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import { BrokerError } from '../domain/errors.ts';
import { explicitVrLittleEndian } from '../domain/transfer-syntax.ts';
import { acceptedRanges, chooseOffer, type MediaRange } from './accept.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { BulkAnswer, type BulkPart } from './bulk-answer.ts';
import { bulkContents } from './bulk-content.ts';
import { chooseBulkForm } from './bulk-form.ts';
import { parseBulkPath } from './bulk-path.ts';
import { clientSignal } from './client-signal.ts';
import { withFreshFiles } from './fresh-files.ts';
import { getOnly } from './method-check.ts';
import { openInstance } from './open-instance.ts';
import { partialWarning } from './partial-warning.ts';
import { instanceOf, resourceOf } from './request-resource.ts';
import { serviceUrl } from './service-url.ts';
import type { WadoRouterOptions } from './wado-routes.ts';

const seriesPath = '/studies/:study/series/:series';
const instancePath = `${seriesPath}/instances/:instance`;

/** Retrieve transactions of WADO-RS for bulk data (PS3.18 section 10.4.1.1.5): one value, or all of a resource. */
export function bulkdataRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  getOnly(
    router,
    `${instancePath}/bulkdata/*path`,
    handler(options, (transaction) => transaction.sendValue()),
  );
  for (const path of ['/studies/:study', seriesPath, instancePath]) {
    getOnly(
      router,
      `${path}/bulkdata`,
      handler(options, (transaction) => transaction.sendAll()),
    );
  }
  return router;
}

function handler(
  options: WadoRouterOptions,
  send: (transaction: BulkTransaction) => Promise<void>,
): RequestHandler {
  return async (request, response) => {
    const accept = typeof request.query['accept'] === 'string' ? request.query['accept'] : undefined;
    response.vary('Accept');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const transaction = new BulkTransaction({
      ...options,
      request,
      response,
      ranges: acceptedRanges(request.headers.accept, accept),
      signal: clientSignal(response),
    });
    await withFreshFiles({ ...options, response }, () => send(transaction));
  };
}

interface TransactionOptions extends WadoRouterOptions {
  readonly request: Request;
  readonly response: Response;
  readonly ranges: readonly MediaRange[];
  readonly signal: AbortSignal;
}

/** One request for bulk data. */
class BulkTransaction {
  readonly #options: TransactionOptions;
  readonly #answer: BulkAnswer;
  readonly #startedAt = performance.now();

  constructor(options: TransactionOptions) {
    this.#options = options;
    this.#answer = new BulkAnswer(options.request, options.response);
  }

  /** Sends the one value that the path names. */
  async sendValue(): Promise<void> {
    const { archive, retrieval, metadata, signal, request, ranges } = this.#options;
    const resource = instanceOf(request);
    const path = parseBulkPath(request.params['path']);
    using open = await openInstance(retrieval, archive, resource, signal);
    const places = await metadata.describe(open.instance, signal);
    const parts = this.#partsOf(open.instance, places, path);
    if (parts.length === 0) throw noSuchValue(path, open.instance);
    const form = chooseBulkForm(
      ranges,
      parts.map(({ content }) => content),
      request.headers.range !== undefined,
    );
    const [first] = parts;
    await this.#audited(
      resource,
      () => 1,
      async () => {
        if (form.isMultipart || first === undefined) await this.#answer.sendMultipart(parts, form);
        else await this.#answer.sendAlone(first, form.mediaType);
      },
    );
  }

  /** Sends every value of the resource that the metadata has left out, as multipart message. */
  async sendAll(): Promise<void> {
    const { archive, retrieval, signal, request, ranges } = this.#options;
    const resource = resourceOf(request);
    if (chooseOffer(ranges, [allForm]) === undefined) {
      throw new BrokerError('not-acceptable', 'The Accept header allows no form of all bulk data.', {
        remedy: 'It can be had as multipart/related; type="application/octet-stream"; transfer-syntax=*.',
      });
    }
    using opened = await retrieval.open(archive, resource, signal);
    const isPartial = opened.kind === 'partial';
    const head = {
      status: isPartial ? 206 : 200,
      warning: isPartial ? partialWarning(opened.missing) : undefined,
    } as const;
    let instances = 0;
    const parts = this.#allParts(opened.instances, () => (instances += 1));
    await this.#audited(
      resource,
      () => instances,
      async () => {
        if (await this.#answer.sendStreamed(parts, head)) return;
        throw new BrokerError('not-found', 'There is no bulk data: all values are in the metadata.');
      },
    );
  }

  async *#allParts(
    instances: Iterable<StoredInstance> | AsyncIterable<StoredInstance>,
    count: () => void,
  ): AsyncGenerator<BulkPart, void, undefined> {
    const { metadata, signal } = this.#options;
    for await (const instance of instances) {
      const places = await metadata.describe(instance, signal);
      for (const { path } of places.bulk) yield* this.#partsOf(instance, places, path);
      count();
    }
  }

  /** @returns none where there is no such bulk data. @throws BrokerError `not-acceptable` */
  #partsOf(instance: StoredInstance, places: InstancePlaces, path: string): BulkPart[] {
    const place = places.bulk.find((one) => one.path === path);
    if (place === undefined) return [];
    const url = `${serviceUrl(this.#options.request)}/studies/${instance.study}/series/${instance.series}/instances/${instance.instance}`;
    const contents = bulkContents(instance, places, place);
    if (contents === undefined) {
      throw new BrokerError(
        'not-acceptable',
        `The frames of ${path} of instance ${instance.instance} are compressed and have no bulk data form.`,
        { remedy: `They can be had as ${url}/frames/1 and so on.` },
      );
    }
    const source = { ...this.#options, instance, deflated: places.deflated };
    return contents.map((content) => ({
      source,
      content,
      location: contents.length === 1 ? `${url}/bulkdata/${path}` : `${url}/frames/${content.frame}`,
    }));
  }

  async #audited(
    resource: ReturnType<typeof resourceOf>,
    instances: () => number,
    send: () => Promise<void>,
  ): Promise<void> {
    await auditedTransfer(
      { ...this.#options, resource, startedAt: this.#startedAt },
      () => this.#answer.tally(instances()),
      send,
    );
  }
}

const allForm = {
  type: 'multipart/related',
  parameters: { type: 'application/octet-stream', 'transfer-syntax': explicitVrLittleEndian },
} as const;

function noSuchValue(path: string, { instance }: StoredInstance): BrokerError {
  return new BrokerError('not-found', `Instance ${instance} has no bulk data at ${path}.`, {
    remedy: 'Its metadata names the bulk data that there is; values that are in the metadata have none.',
  });
}
