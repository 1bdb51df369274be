import { stat } from 'node:fs/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Archive } from '../../archive/archive.ts';
import type { Cache } from '../../cache/cache.ts';
import type { InstanceReader } from '../../cache/instance-reader.ts';
import type { Metadata } from '../../cache/metadata.ts';
import type { DamagedFileError } from '../../cache/part.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { ThumbnailStore } from '../../cache/thumbnail-store.ts';
import type { ImagingPool } from '../../dicom/imaging/imaging-pool.ts';
import { type ErrorCode, toBrokerError } from '../../domain/errors.ts';
import { type Resource, uidOf } from '../../domain/resource.ts';
import type { AuditTrail } from '../../observe/audit.ts';
import type { Logger } from '../../observe/logger.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Opened, Retrieval } from '../../retrieval/retrieval.ts';
import type { MediaRange } from '../http/accept.ts';
import { requestedRanges } from '../http/requested-ranges.ts';
import { auditedTransfer } from './audited-transfer.ts';
import { clientSignal } from '../http/client-signal.ts';
import { InstanceTranscoder } from './instance-transcoder.ts';
import { getOnly } from '../http/method-check.ts';
import { partialWarning } from './partial-warning.ts';
import { resourceOf } from '../http/request-resource.ts';
import { type InstancesToAnswer, RetrieveAnswer, notAcceptable } from './retrieve-answer.ts';
import { RetrieveForm } from './retrieve-form.ts';

export interface WadoRouterOptions {
  readonly archive: Archive;
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly reader: InstanceReader;
  readonly metadata: Metadata;
  readonly imaging: ImagingPool;
  readonly thumbnails: ThumbnailStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly audit: AuditTrail;
}

/** Retrieve transactions of WADO-RS: study, series and instance as application/dicom (PS3.18 section 10.4). */
export function wadoRouter(options: WadoRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get = retrieveHandler(options);
  for (const path of [
    '/studies/:study',
    '/studies/:study/series/:series',
    '/studies/:study/series/:series/instances/:instance',
  ]) {
    getOnly(router, path, get);
  }
  return router;
}

function retrieveHandler(options: WadoRouterOptions): RequestHandler {
  return async (request, response) => {
    const resource = resourceOf(request);
    const ranges = requestedRanges(request);
    await answerRetrieve(options, { request, response, resource, ranges });
  };
}

/** A request for instances as application/dicom, by whichever service it came. */
export interface RetrieveRequest {
  readonly request: Request;
  readonly response: Response;
  readonly resource: Resource;
  readonly ranges: readonly MediaRange[];
}

/** Sends instances as application/dicom. @throws BrokerError of the retrieval, and where no form fits */
export async function answerRetrieve(
  options: WadoRouterOptions,
  { request, response, resource, ranges }: RetrieveRequest,
): Promise<void> {
  const form = RetrieveForm.choose(ranges, resource);
  const signal = clientSignal(response);
  await new RetrieveTransaction({ ...options, request, response, resource, form, signal }).run();
}

interface TransactionOptions extends WadoRouterOptions {
  readonly request: Request;
  readonly response: Response;
  readonly resource: Resource;
  readonly form: RetrieveForm;
  readonly signal: AbortSignal;
}

/** How often an answer is begun anew because a cached file turned out to be damaged before a byte had left. */
const maxRestarts = 3;

/** One request for instances, from the retrieval to the last byte. */
class RetrieveTransaction {
  readonly #options: TransactionOptions;
  readonly #startedAt = performance.now();

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    for (let restart = 0; ; restart += 1) {
      try {
        await this.#attempt();
        return;
      } catch (error) {
        const isEarly = !this.#options.response.headersSent && restart < maxRestarts;
        if (!isEarly || toBrokerError(error).code !== 'cache-damaged') throw error;
      }
    }
  }

  async #attempt(): Promise<void> {
    const { archive, retrieval, resource, signal, form, response, reader, imaging, cache } = this.#options;
    using opened = await retrieval.open(archive, resource, signal);
    const answer = new RetrieveAnswer({
      form,
      response,
      reader,
      transcoder: new InstanceTranscoder(imaging, cache.directory),
      uid: uidOf(resource),
      signal,
      refetch: (instance, error) => this.#refetch(instance, error),
    });
    await auditedTransfer(
      { ...this.#options, startedAt: this.#startedAt, isLong: true },
      () => answer.tally,
      async () => answer.send(await this.#toAnswer(opened)),
    );
  }

  /** What can be told before the first byte: all of it, a known part, or nothing yet. */
  async #toAnswer(opened: Opened): Promise<InstancesToAnswer> {
    const { form } = this.#options;
    if (opened.kind === 'arriving' && form.takesAnySyntax) {
      return { instances: opened.instances, isWhole: false, status: 200, warning: undefined };
    }
    // A client that takes only some syntaxes is told by the status whether it gets all: all must be known.
    const { all, isCutOff } =
      opened.kind === 'arriving'
        ? await gathered(opened.instances)
        : { all: opened.instances, isCutOff: false };
    const sendable = all.filter((instance) => form.syntaxesOf(instance.transferSyntaxUid).length > 0);
    const [first] = all;
    if (sendable.length === 0 && first !== undefined) throw notAcceptable(first);
    const unsendable = all.length - sendable.length;
    const missing = opened.kind === 'partial' ? opened.missing : 0;
    return {
      instances: sendable,
      isWhole: true,
      status: unsendable + missing > 0 || isCutOff ? 206 : 200,
      warning: partialWarning(isCutOff ? 'Some' : missing, unsendable),
    };
  }

  /** Drops the damaged file and has the archive send the instance again. */
  async #refetch(damaged: StoredInstance, error: DamagedFileError): Promise<StoredInstance> {
    const { archive, retrieval, resource, signal } = this.#options;
    this.#drop(damaged, error.message);
    // Where one is gone, others may be: all of them are asked for together.
    const gone = await this.#dropGone();
    // Before anything has left, the whole answer is begun anew, with lengths as they are then.
    if (!this.#options.response.headersSent) throw error;
    const { study, series, instance } = damaged;
    const one = { level: 'instance', study, series, instance } as const;
    using opened = await retrieval.open(archive, gone > 0 ? resource : one, signal);
    for await (const fresh of opened.instances) if (fresh.instance === instance) return fresh;
    throw error;
  }

  #drop(damaged: StoredInstance, reason: string): void {
    this.#options.cache.discard(damaged, reason);
    this.#options.retrieval.lost(damaged);
  }

  /** Drops the other instances whose files are gone or cut off. @returns how many there were */
  async #dropGone(): Promise<number> {
    const { archive, cache, resource, signal } = this.#options;
    let gone = 0;
    for (const instance of cache.find(archive.name, resource)) {
      signal.throwIfAborted();
      const file = await stat(instance.path).catch(() => undefined);
      if (file?.size === instance.size) continue;
      this.#drop(instance, 'its file is gone or cut off');
      gone += 1;
    }
    return gone;
  }
}

interface Gathered {
  readonly all: readonly StoredInstance[];
  /** The archive did not send all of them. */
  readonly isCutOff: boolean;
}

/** Failures of the archive, after which what has come can be had as a part. */
const archiveFailures: ReadonlySet<ErrorCode> = new Set([
  'instances-missing',
  'archive-refused',
  'archive-timeout',
  'archive-unreachable',
  'association-aborted',
  'association-rejected',
]);

/** @throws BrokerError where nothing came, or for another reason than the archive */
async function gathered(instances: AsyncIterable<StoredInstance>): Promise<Gathered> {
  const all: StoredInstance[] = [];
  try {
    for await (const instance of instances) all.push(instance);
  } catch (error) {
    if (all.length === 0 || !archiveFailures.has(toBrokerError(error).code)) throw error;
    return { all, isCutOff: true };
  }
  return { all, isCutOff: false };
}
