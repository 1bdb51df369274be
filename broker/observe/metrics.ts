import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface AnsweredRequest {
  readonly method: string;
  /** The route's template (`/studies/{study}`), never the path that was asked for. */
  readonly route: string;
  readonly status: number;
  readonly durationInSecs: number;
}

export interface AnsweredQuery {
  readonly archive: string;
  readonly level: 'study' | 'series' | 'instance';
  /** `cut-off` where the archive was stopped because the limit was reached. */
  readonly outcome: 'completed' | 'cut-off' | 'cancelled' | 'failed';
  readonly durationInSecs: number;
}

export interface EndedRetrieval {
  readonly archive: string;
  /** `incomplete` where some instances came and others did not. */
  readonly outcome: 'completed' | 'incomplete' | 'cancelled' | 'failed';
  readonly durationInSecs: number;
}

/** One of our connections with an archive; `incoming` are those that the archive opened. */
export interface ArchiveConnection {
  readonly archive: string;
  readonly direction: 'outgoing' | 'incoming';
}

export interface CacheSize {
  readonly bytes: number;
  readonly instances: number;
  readonly studies: number;
}

/** From a cached frame (milliseconds) to a study out of cold storage (many minutes). */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

/**
 * The gateway's metrics, in a registry of their own, so that several gateways can run in one process.
 * Labels come from closed lists and from the configuration, never from what was asked: each new value is a
 * time series that is kept for good.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter('http_requests_total', 'HTTP requests that were answered.', [
    'method',
    'route',
    'status',
  ]);
  readonly #requestDurations = this.#histogram(
    'http_request_duration_seconds',
    'Time from a request to the end of its answer.',
    ['route'],
  );
  readonly #queryDurations = this.#histogram(
    'query_duration_seconds',
    'Time from a query to the last answer of the archive.',
    ['archive', 'level', 'outcome'],
  );
  readonly #retrievalsStarted = this.#counter('retrievals_started_total', 'Retrievals that were begun.', [
    'archive',
  ]);
  readonly #retrievalDurations = this.#histogram(
    'retrieval_duration_seconds',
    'Time from the begin of a retrieval to its end, by how it ended.',
    ['archive', 'outcome'],
  );
  readonly #instancesReceived = this.#counter('instances_received_total', 'Instances received and stored.', [
    'archive',
  ]);
  readonly #bytesReceived = this.#counter('received_bytes_total', 'Bytes of data sets received and stored.', [
    'archive',
  ]);
  readonly #instancesStored = this.#counter(
    'instances_stored_total',
    'Instances of clients that the archive has stored.',
    ['archive'],
  );
  readonly #bytesStored = this.#counter(
    'stored_bytes_total',
    'Bytes of data sets that the archive has stored.',
    ['archive'],
  );
  readonly #storesFailed = this.#counter(
    'stores_failed_total',
    'Instances of clients that were not stored.',
    ['archive'],
  );
  readonly #bytesSent = this.#counter('sent_bytes_total', 'Bytes of HTTP answers sent.', []);
  readonly #associations = this.#gauge('associations_open', 'Associations that are open.', [
    'archive',
    'direction',
  ]);
  readonly #cacheBytes = this.#gauge('cache_bytes', 'Bytes of the instances in the cache.', []);
  readonly #cacheInstances = this.#gauge('cache_instances', 'Instances in the cache.', []);
  readonly #cacheStudies = this.#gauge('cache_studies', 'Studies of which instances are in the cache.', []);

  /** @param options `processMetrics`: also event loop lag, memory, CPU time and handles of the process */
  constructor(options: { readonly processMetrics: boolean } = { processMetrics: true }) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  /** Value of the Content-Type header that `text` is sent with. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  requestAnswered({ method, route, status, durationInSecs }: AnsweredRequest): void {
    this.#requests.inc({ method: knownMethods.has(method) ? method : 'other', route, status });
    this.#requestDurations.observe({ route }, durationInSecs);
  }

  queryAnswered({ archive, level, outcome, durationInSecs }: AnsweredQuery): void {
    this.#queryDurations.observe({ archive, level, outcome }, durationInSecs);
  }

  retrievalStarted(archive: string): void {
    this.#retrievalsStarted.inc({ archive });
  }

  retrievalEnded({ archive, outcome, durationInSecs }: EndedRetrieval): void {
    this.#retrievalDurations.observe({ archive, outcome }, durationInSecs);
  }

  instanceReceived(archive: string, bytes: number): void {
    this.#instancesReceived.inc({ archive });
    this.#bytesReceived.inc({ archive }, bytes);
  }

  instanceStored(archive: string, bytes: number): void {
    this.#instancesStored.inc({ archive });
    this.#bytesStored.inc({ archive }, bytes);
  }

  storesFailed(archive: string, instances: number): void {
    this.#storesFailed.inc({ archive }, instances);
  }

  bytesSent(bytes: number): void {
    this.#bytesSent.inc(bytes);
  }

  associationOpened({ archive, direction }: ArchiveConnection): void {
    this.#associations.inc({ archive, direction });
  }

  associationClosed({ archive, direction }: ArchiveConnection): void {
    this.#associations.dec({ archive, direction });
  }

  setCacheSize({ bytes, instances, studies }: CacheSize): void {
    this.#cacheBytes.set(bytes);
    this.#cacheInstances.set(instances);
    this.#cacheStudies.set(studies);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `dcmrs_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name: `dcmrs_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Histogram<Label> {
    return new Histogram({ name: `dcmrs_${name}`, help, labelNames, buckets, registers: [this.#registry] });
  }
}
