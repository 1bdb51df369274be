import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { InstancePlaces } from '../../cache/metadata.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { Resource } from '../../domain/resource.ts';
import { explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { chooseOffer, type MediaRange } from '../http/accept.ts';
import { requestedRanges } from '../http/requested-ranges.ts';
import { auditedTransfer, type TransferTally } from '../retrieve/audited-transfer.ts';
import { BulkAnswer, type BulkPart } from './bulk-answer.ts';
import { bulkContents, hasFrames } from './bulk-content.ts';
import { chooseBulkForm } from './bulk-form.ts';
import { parseBulkPath } from './bulk-path.ts';
import { clientSignal } from '../http/client-signal.ts';
import { framePlacesOf } from '../frames/frame-content.ts';
import { chooseFrameForm } from '../frames/frame-form.ts';
import { FramesAnswer } from '../frames/frames-answer.ts';
import { withFreshFiles } from '../retrieve/fresh-files.ts';
import { getOnly } from '../http/method-check.ts';
import { openInstance } from '../retrieve/open-instance.ts';
import { partialWarning } from '../retrieve/partial-warning.ts';
import { instanceOf, resourceOf } from '../http/request-resource.ts';
import { serviceUrl } from '../http/service-url.ts';
import type { WadoRouterOptions } from '../retrieve/wado-routes.ts';

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
    response.vary('Accept');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const transaction = new BulkTransaction({
      ...options,
      request,
      response,
      ranges: requestedRanges(request),
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
    const { instance } = open;
    const places = await metadata.describe(instance, signal);
    const place = places.bulk.find((one) => one.path === path);
    if (place === undefined) throw noSuchValue(path, instance);
    if (hasFrames(instance, place)) {
      await this.#sendFrames(instance, places);
      return;
    }
    const parts = this.#partsOf(instance, places, { place, frames: undefined });
    const form = chooseBulkForm(
      ranges,
      parts.map(({ content }) => content),
      request.headers.range !== undefined,
    );
    await this.#audited(
      resource,
      () => this.#answer.tally(1),
      async () => {
        const [first] = parts;
        if (form.isMultipart || first === undefined) await this.#answer.sendMultipart(parts, form);
        else await this.#answer.sendAlone(first, form.mediaType);
      },
    );
  }

  /** Compressed pixel data is sent as all of its frames are, each in a part (PS3.18 section 8.7.3.3). */
  async #sendFrames(instance: StoredInstance, image: InstancePlaces): Promise<void> {
    const places = await framePlacesOf(instance, image);
    const form = chooseFrameForm(this.#options.ranges, instance.transferSyntaxUid, places.count === 1);
    const url = this.#urlOf(instance);
    const answer = new FramesAnswer({ ...this.#options, instance, image, form, url });
    const frames = Array.from({ length: places.count }, (_, index) => ({
      number: index + 1,
      place: places.place(index + 1),
    }));
    await this.#audited(
      instanceOf(this.#options.request),
      () => answer.tally,
      () => answer.send(frames),
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
      () => this.#answer.tally(instances),
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
      for (const place of places.bulk) {
        // Frames that cannot be told apart are sent as the one stream that they are in.
        const frames = hasFrames(instance, place)
          ? await framePlacesOf(instance, places).catch(() => undefined)
          : undefined;
        yield* this.#partsOf(instance, places, { place, frames });
      }
      count();
    }
  }

  #partsOf(
    instance: StoredInstance,
    places: InstancePlaces,
    what: Parameters<typeof bulkContents>[2],
  ): BulkPart[] {
    const url = this.#urlOf(instance);
    const source = { ...this.#options, instance, deflated: places.deflated };
    return bulkContents(instance, places, what).map((content) => ({
      source,
      content,
      location:
        content.frame === undefined ? `${url}/bulkdata/${what.place.path}` : `${url}/frames/${content.frame}`,
    }));
  }

  #urlOf({ study, series, instance }: StoredInstance): string {
    return `${serviceUrl(this.#options.request)}/studies/${study}/series/${series}/instances/${instance}`;
  }

  async #audited(resource: Resource, tally: () => TransferTally, send: () => Promise<void>): Promise<void> {
    await auditedTransfer({ ...this.#options, resource, startedAt: this.#startedAt }, tally, send);
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
