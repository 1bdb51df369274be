import type { ListedInstance } from '../archive/archive.ts';
import type { RetrieveTarget } from '../archive/retrieve-identifier.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';

/** Instances named in one request at most: some archives fail on longer UID lists. */
const instancesPerTarget = 100;

/** The instances that a resource has at the archive, by series. */
export class ExpectedInstances {
  readonly #bySeries = new Map<Uid, Set<Uid>>();
  readonly sopClasses = new Set<string>();
  #count = 0;

  /** How many instances there are. */
  get count(): number {
    return this.#count;
  }

  add({ series, instance, sopClasses }: ListedInstance): void {
    let instances = this.#bySeries.get(series);
    if (instances === undefined) this.#bySeries.set(series, (instances = new Set()));
    if (!instances.has(instance)) this.#count += 1;
    instances.add(instance);
    for (const sopClass of sopClasses) this.sopClasses.add(sopClass);
  }

  /** How many of them belong to a resource of the same study. */
  countIn(resource: Resource): number {
    if (resource.level === 'study') return this.#count;
    const instances = this.#bySeries.get(resource.series);
    if (resource.level === 'series') return instances?.size ?? 0;
    return instances?.has(resource.instance) === true ? 1 : 0;
  }

  /**
   * True where all of a resource is among `received`, instances of this listing or not. Asked at every
   * arrival: until enough have come it costs nothing.
   */
  isWhole(resource: Resource, received: ReadonlySet<Uid>): boolean {
    return received.size >= this.countIn(resource) && this.missingIn(resource, received) === 0;
  }

  /** How many of those that belong to `resource` are not among `received`. */
  missingIn(resource: Resource, received: ReadonlySet<Uid>): number {
    let missing = 0;
    for (const [series, instances] of this.#bySeries) {
      if (resource.level !== 'study' && series !== resource.series) continue;
      for (const instance of instances) {
        if (resource.level === 'instance' && instance !== resource.instance) continue;
        if (!received.has(instance)) missing += 1;
      }
    }
    return missing;
  }

  /**
   * What to ask for so that nothing that was received comes again: whole series of which nothing is
   * there, single instances of the others.
   * @param skipSeries series that somebody else is retrieving
   */
  missingTargets(study: Uid, received: ReadonlySet<Uid>, skipSeries: ReadonlySet<Uid>): RetrieveTarget[] {
    const targets: RetrieveTarget[] = [];
    for (const [series, instances] of this.#bySeries) {
      if (skipSeries.has(series)) continue;
      const missing = [...instances].filter((instance) => !received.has(instance));
      const resource = { level: 'series', study, series } as const;
      if (missing.length === 0) continue;
      if (missing.length === instances.size) {
        targets.push({ resource });
        continue;
      }
      for (let start = 0; start < missing.length; start += instancesPerTarget) {
        targets.push({ resource, instances: missing.slice(start, start + instancesPerTarget) });
      }
    }
    return targets;
  }
}
