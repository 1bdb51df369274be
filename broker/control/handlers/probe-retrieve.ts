import type { Archive } from '../../archive/archive.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { BrokerError, toBrokerError } from '../../domain/errors.ts';
import { type Resource, resourceKey } from '../../domain/resource.ts';
import { parseUid } from '../../domain/uid.ts';
import type { CheckEvent, CheckStep } from '../contract/archive-check.ts';
import { troubleOf } from '../control-problem.ts';
import type { GatewayParts } from '../control-services.ts';

export interface ProbeRetrieveOptions {
  readonly parts: GatewayParts;
  readonly archive: Archive;
  /** UIDs as they were sent. */
  readonly named: {
    readonly study: string;
    readonly series?: string | undefined;
    readonly instance?: string | undefined;
  };
}

/** How often progress is told at most. */
const progressEveryMs = 250;

/**
 * Retrieves a resource into the cache, as a viewer would have it, and tells how it goes: whether the archive
 * begins to send, then what has come. Leaving early lets go of the retrieval, which is cancelled where nobody
 * else waits for it.
 * @throws BrokerError `bad-request` for a malformed UID, `cancelled` on the signal
 */
export async function* probeRetrieve(
  { parts, archive, named }: ProbeRetrieveOptions,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent, void, undefined> {
  const resource = resourceOf(named);
  const { retrieval } = parts;
  let step: CheckStep['step'] = 'retrieve';
  let start = performance.now();
  const tell = (state: CheckStep['state'], detail: string, more: Partial<CheckStep> = {}): CheckEvent => ({
    type: 'step',
    step: {
      step,
      state,
      detail,
      ...(state === 'running' ? {} : { tookInMs: Math.round(performance.now() - start) }),
      ...more,
    },
  });
  let received = new Received();
  try {
    yield tell('running', `Asking ${archive.aeTitle} for the ${resource.level}`);
    using opened = await retrieval.open(archive, resource, signal);
    if (opened.kind !== 'arriving') {
      received = new Received(opened.instances);
      if (opened.kind === 'partial') throw missing(opened.missing, opened.reason);
      yield tell('passed', 'It is in the cache already: the archive was not asked for images.');
      step = 'receive';
      yield tell('passed', `${received.text} in the cache.`);
      yield { type: 'end', passed: true };
      return;
    }
    yield tell('passed', 'The archive sends.');
    step = 'receive';
    start = performance.now();
    let toldAt = 0;
    for await (const instance of opened.instances) {
      received.add(instance);
      if (performance.now() - toldAt < progressEveryMs) continue;
      toldAt = performance.now();
      yield tell('running', received.textOf(expectedOf(parts, archive, resource)));
    }
    yield tell('passed', `${received.text} received.`);
    yield { type: 'end', passed: true };
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof BrokerError)) throw toBrokerError(thrown);
    const error = thrown;
    const detail = received.count === 0 ? error.message : `${received.text} received. ${error.message}`;
    yield tell('failed', detail, { trouble: troubleOf(error) });
    if (step === 'retrieve') {
      step = 'receive';
      yield tell('skipped', 'No images are on their way.');
    }
    yield { type: 'end', passed: false };
  }
}

function resourceOf({ study: text, series, instance }: ProbeRetrieveOptions['named']): Resource {
  const study = parseUid(text, 'The study');
  if (series === undefined && instance === undefined) return { level: 'study', study };
  const inSeries = parseUid(series ?? '', 'The series');
  if (instance === undefined) return { level: 'series', study, series: inSeries };
  return { level: 'instance', study, series: inSeries, instance: parseUid(instance, 'The instance') };
}

function expectedOf({ retrieval }: GatewayParts, { name }: Archive, resource: Resource): number | undefined {
  const key = resourceKey(resource);
  return retrieval.progress.find((job) => job.archive === name && resourceKey(job.resource) === key)
    ?.expected;
}

function missing(count: number, reason: BrokerError): BrokerError {
  return new BrokerError('instances-missing', `${count} are missing: ${reason.message}`, {
    cause: reason,
    ...(reason.remedy === undefined ? {} : { remedy: reason.remedy }),
    ...(reason.dimseStatus === undefined ? {} : { dimseStatus: reason.dimseStatus }),
  });
}

/** What has come so far. */
class Received {
  count = 0;
  #bytes = 0;

  constructor(instances: readonly StoredInstance[] = []) {
    for (const instance of instances) this.add(instance);
  }

  add({ size }: StoredInstance): void {
    this.count += 1;
    this.#bytes += size;
  }

  get text(): string {
    return this.textOf(undefined);
  }

  textOf(expected: number | undefined): string {
    const of = expected === undefined ? '' : ` of ${expected}`;
    const what = (expected ?? this.count) === 1 ? 'instance' : 'instances';
    return `${this.count}${of} ${what} (${(this.#bytes / 1_000_000).toFixed(1)} MB)`;
  }
}
