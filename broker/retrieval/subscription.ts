import type { StoredInstance } from '../cache/stored-instance.ts';
import type { BrokerError } from '../domain/errors.ts';
import { type Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';

/** One client's view of a retrieval: the instances of its resource, each once, as they come. */
export class Subscription {
  readonly resource: Resource;
  readonly #seen = new Set<Uid>();
  #waiting: StoredInstance[] = [];
  #end: { error: BrokerError | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  /** Whether something can be read without waiting, be it the end. */
  get isReady(): boolean {
    return this.#waiting.length > 0 || this.#end !== undefined;
  }

  /** Offers an instance; those of other resources and those seen before are left out. */
  offer(instance: StoredInstance): void {
    if (this.#end !== undefined || !this.#wants(instance) || this.#seen.has(instance.instance)) return;
    this.#seen.add(instance.instance);
    this.#waiting.push(instance);
    this.#wake?.();
  }

  /** No more comes: all are there, or the reason why not. */
  finish(error: BrokerError | undefined): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** Settles when `isReady`, the signal fires, or the time is up. */
  async ready(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.isReady || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', settle);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      signal.addEventListener('abort', settle, { once: true });
      this.#wake = settle;
    });
  }

  /**
   * The instances, in the order in which they come.
   * @throws BrokerError where the retrieval ends without all of them; `signal.reason` on the signal
   */
  async *instances(signal: AbortSignal): AsyncGenerator<StoredInstance, void, undefined> {
    for (;;) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const instance of batch) yield instance;
      if (this.#waiting.length > 0) continue;
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
      signal.throwIfAborted();
      await this.ready(2 ** 31 - 1, signal);
    }
  }

  #wants({ study, series, instance }: StoredInstance): boolean {
    const { resource } = this;
    if (study !== resource.study) return false;
    if (resource.level !== 'study' && series !== resource.series) return false;
    return resource.level !== 'instance' || instance === resource.instance;
  }
}
