import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { InstanceSource } from '../../retrieval/instance-source.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { InstanceResource } from '../../domain/resource.ts';
import type { Retrieval } from '../../retrieval/retrieval.ts';

/** One instance that is in the cache and stays there until this is disposed of. */
export interface OpenInstance extends Disposable {
  readonly instance: StoredInstance;
}

/**
 * Has an instance in the cache, from there or from the archive.
 * @throws BrokerError as Retrieval.open, and where the instance does not come
 */
export async function openInstance(
  retrieval: Retrieval,
  archive: InstanceSource,
  resource: InstanceResource,
  signal: AbortSignal,
): Promise<OpenInstance> {
  const opened = await retrieval.open(archive, resource, signal);
  try {
    for await (const instance of opened.instances) {
      if (instance.instance === resource.instance) {
        return { instance, [Symbol.dispose]: () => opened[Symbol.dispose]() };
      }
    }
    if (opened.kind === 'partial') throw opened.reason;
    throw new BrokerError('not-found', `Archive ${archive.name} has no instance ${resource.instance}.`);
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
}
