import type { ListedInstance } from '../archive/archive.ts';
import type { RetrieveOrder, RetrieveOutcome } from '../archive/archive-retrieve.ts';
import type { Resource } from '../domain/resource.ts';

/** What a retrieval needs of an archive. */
export interface InstanceSource {
  readonly name: string;
  /** AE title under which it sends. */
  readonly aeTitle: string;
  /** Associations that it may have from us at once. */
  readonly maxAssociations: number;
  /** The instances of a resource, by C-FIND. */
  list(resource: Resource, signal: AbortSignal): AsyncGenerator<ListedInstance, void, undefined>;
  /** Has it send; settles when it says that it is done. */
  retrieve(order: RetrieveOrder): Promise<RetrieveOutcome>;
}
