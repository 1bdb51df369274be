import type { Cache } from '../cache/cache.ts';
import { toBrokerError } from '../domain/errors.ts';
import { type Resource, pathTo, resourceKey } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { abortable } from './abortable.ts';
import type { InstanceSource } from './instance-source.ts';
import { Verifications } from './verifications.ts';

export interface GrowthCheckOptions {
  readonly cache: Cache;
  readonly logger: Logger;
  readonly recheckAfterMs: () => number;
}

/** How long a client waits for the archive to say that a cached study has not grown. */
const recheckTimeoutMs = 3_000;

/**
 * Studies grow while they are being taken: after a while the archive is asked again what there is, once
 * for all who want to know. An archive that does not answer leaves what is cached in force.
 */
export class GrowthCheck {
  readonly #options: GrowthCheckOptions;
  readonly #verified = new Verifications();
  readonly #running = new Map<string, Promise<boolean>>();
  readonly #stop = new AbortController();

  constructor(options: GrowthCheckOptions) {
    this.#options = options;
  }

  /** Takes note that a resource is whole, as of now. */
  note(archive: string, resource: Resource): void {
    this.#verified.note(keyOf(archive, resource));
  }

  /** Has the archive asked at once when the study, or something of it, is wanted next. */
  forget(archive: string, study: Uid): void {
    const key = keyOf(archive, { level: 'study', study });
    this.#verified.forget(key);
    // A check that is under way may have begun too early: the next who asks does not join it.
    for (const running of this.#running.keys()) {
      if (running === key || running.startsWith(`${key}/`)) this.#running.delete(running);
    }
  }

  /** Has the archive asked at once whatever of it is wanted next. */
  forgetArchive(archive: string): void {
    const prefix = `${archive}/`;
    this.#verified.forget(archive);
    for (const running of this.#running.keys()) if (running.startsWith(prefix)) this.#running.delete(running);
  }

  /** Whether the archive has no more of a cached resource than what is cached. @throws the signal's reason */
  isStillComplete(source: InstanceSource, resource: Resource, signal: AbortSignal): Promise<boolean> {
    if (resource.level === 'instance') return Promise.resolve(true);
    const keys = pathTo(resource).map((one) => keyOf(source.name, one));
    if (this.#verified.isFresh(keys, this.#options.recheckAfterMs())) return Promise.resolve(true);
    const key = keyOf(source.name, resource);
    let check = this.#running.get(key);
    if (check === undefined) {
      const started = this.#check(source, resource).then((isComplete) => {
        // One that was forgotten meanwhile may have begun too early to count.
        if (this.#running.get(key) !== started) return isComplete;
        this.#running.delete(key);
        if (isComplete) this.note(source.name, resource);
        return isComplete;
      });
      check = started;
      this.#running.set(key, started);
    }
    return abortable(check, signal);
  }

  /** Ends the checks that are under way. */
  stop(): void {
    this.#stop.abort();
  }

  /** Never rejects. */
  async #check(source: InstanceSource, resource: Resource): Promise<boolean> {
    const { cache, logger } = this.#options;
    const received = new Set(cache.find(source.name, resource).map(({ instance }) => instance));
    try {
      const limit = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(recheckTimeoutMs)]);
      for await (const { instance } of source.list(resource, limit)) {
        if (!received.has(instance)) return false;
      }
    } catch (thrown) {
      logger.warn(
        { archive: source.name, study: resource.study, code: toBrokerError(thrown).code },
        'The archive does not say whether a cached study has grown: the cached one is sent.',
      );
    }
    return true;
  }
}

function keyOf(archive: string, resource: Resource): string {
  return `${archive}/${resourceKey(resource)}`;
}
