import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Archive } from '../archive/archive.ts';
import type { Cache } from '../cache/cache.ts';
import type { InstanceReader } from '../cache/instance-reader.ts';
import type { DamagedFileError } from '../cache/part.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import { parseUid } from '../domain/uid.ts';
import type { AuditTrail } from '../observe/audit.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Opened, Retrieval } from '../retrieval/retrieval.ts';
import { acceptedRanges } from './accept.ts';
import { type InstancesToAnswer, RetrieveAnswer, notAcceptable } from './retrieve-answer.ts';
import { RetrieveForm } from './retrieve-form.ts';

export interface WadoRouterOptions {
  readonly archive: Archive;
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly reader: InstanceReader;
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
    router.get(path, get);
  }
  return router;
}

function retrieveHandler(options: WadoRouterOptions): RequestHandler {
  return async (request, response) => {
    // Express answers HEAD with the GET handler; it must not set a retrieval in motion.
    if (request.method !== 'GET') throw new BrokerError('not-supported', 'Only GET is offered here.');
    const resource = resourceOf(request);
    const accept = typeof request.query['accept'] === 'string' ? request.query['accept'] : undefined;
    const form = RetrieveForm.choose(acceptedRanges(request.headers.accept, accept), resource);
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort(new BrokerError('cancelled', 'The client closed the connection.'));
    });
    await new RetrieveTransaction({
      ...options,
      request,
      response,
      resource,
      form,
      signal: gone.signal,
    }).run();
  };
}

/** @throws BrokerError `bad-request` that names the UID which is none */
function resourceOf({ params }: Request): Resource {
  const study = parseUid(String(params['study']), 'The Study Instance UID of the path');
  if (params['series'] === undefined) return { level: 'study', study };
  const series = parseUid(String(params['series']), 'The Series Instance UID of the path');
  if (params['instance'] === undefined) return { level: 'series', study, series };
  const instance = parseUid(String(params['instance']), 'The SOP Instance UID of the path');
  return { level: 'instance', study, series, instance };
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
    const { archive, retrieval, resource, signal, form, response, reader, audit, metrics } = this.#options;
    using opened = await retrieval.open(archive, resource, signal);
    const answer = new RetrieveAnswer({
      form,
      response,
      reader,
      signal,
      refetch: (instance, error) => this.#refetch(instance, error),
    });
    const who = this.#audited();
    audit.beginTransferring(who);
    let complete = false;
    try {
      await answer.send(await this.#toAnswer(opened));
      complete = true;
    } finally {
      const { instances, bytes } = answer.tally;
      metrics.bytesSent(bytes);
      const durationInMs = Math.round(performance.now() - this.#startedAt);
      audit.instancesTransferred(who, {
        status: response.statusCode,
        durationInMs,
        complete,
        instances,
        bytes,
      });
    }
  }

  /** What can be told before the first byte: all of it, a known part, or nothing yet. */
  async #toAnswer(opened: Opened): Promise<InstancesToAnswer> {
    const { form } = this.#options;
    if (opened.kind === 'arriving' && form.takesAnySyntax) {
      return { instances: opened.instances, isWhole: false, status: 200, warning: undefined };
    }
    // A client that takes only some syntaxes is told by the status whether it gets all: all must be known.
    const all = opened.kind === 'arriving' ? await gathered(opened.instances) : opened.instances;
    const sendable = all.filter((instance) => form.renditionOf(instance.transferSyntaxUid) !== undefined);
    const [first] = all;
    if (sendable.length === 0 && first !== undefined) throw notAcceptable(first);
    const unsendable = all.length - sendable.length;
    const missing = opened.kind === 'partial' ? opened.missing : 0;
    return {
      instances: sendable,
      isWhole: true,
      status: unsendable + missing > 0 ? 206 : 200,
      warning: warningOf(missing, unsendable),
    };
  }

  /** Drops the damaged file and has the archive send the instance again. */
  async #refetch(damaged: StoredInstance, error: DamagedFileError): Promise<StoredInstance> {
    const { archive, cache, retrieval, signal } = this.#options;
    cache.discard(damaged, error.message);
    retrieval.lost(damaged);
    // Before anything has left, the whole answer is begun anew, with lengths as they are then.
    if (!this.#options.response.headersSent) throw error;
    const { study, series, instance } = damaged;
    using opened = await retrieval.open(archive, { level: 'instance', study, series, instance }, signal);
    for await (const fresh of opened.instances) return fresh;
    throw error;
  }

  #audited(): Parameters<AuditTrail['beginTransferring']>[0] {
    const { request, archive, resource } = this.#options;
    return {
      remoteAddress: request.socket.remoteAddress ?? 'unknown',
      userAgent: request.headers['user-agent'],
      verb: request.method,
      archive: archive.name,
      study: resource.study,
      ...(resource.level === 'study' ? {} : { series: resource.series }),
      ...(resource.level === 'instance' ? { instance: resource.instance } : {}),
    };
  }
}

async function gathered(instances: AsyncIterable<StoredInstance>): Promise<StoredInstance[]> {
  const all: StoredInstance[] = [];
  for await (const instance of instances) all.push(instance);
  return all;
}

/** The Warning header of a 206 (PS3.18 section 10.4.3.2): what is not in the answer, and why. */
function warningOf(missing: number, unsendable: number): string | undefined {
  const reasons = [
    missing > 0 ? `${missing} instances are missing: the archive has not sent them` : undefined,
    unsendable > 0
      ? `${unsendable} instances are left out: the Accept header allows no form of them`
      : undefined,
  ].filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : `299 dcmrs-broker "${reasons.join('; ')}"`;
}
