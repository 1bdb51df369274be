import type { DatabaseSync } from 'node:sqlite';
import type { InstanceResource, Resource } from '../domain/resource.ts';
import { resourceKey } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';
import { indexError } from './index-database.ts';
import { toCachedStudy, toStoredInstance } from './index-row.ts';
import type { IndexStatements } from './index-statements.ts';
import { prepareStatements } from './index-statements.ts';
import type { Totals } from './pending-changes.ts';
import { PendingChanges } from './pending-changes.ts';
import type { CachedStudy, InstanceName, StoredInstance } from './stored-instance.ts';
import { StudyCatalogue } from './study-catalogue.ts';

/**
 * The tables of what is in the cache: instances, studies with their sums and last use, and what was
 * seen complete. Additions and uses gather until `flush`, which writes them in one transaction; every
 * other method flushes first, so that nobody sees less than was added. All methods throw BrokerError
 * `disk-full` or `internal` where SQLite fails; what has gathered is then kept.
 */
export class InstanceIndex {
  /** What the studies are about, and which are pinned. */
  readonly catalogue: StudyCatalogue;
  readonly #database: DatabaseSync;
  readonly #cacheDir: string;
  readonly #sql: IndexStatements;
  readonly #pending: PendingChanges;
  #arrival: number;
  #totals: Totals;

  constructor(database: DatabaseSync, cacheDir: string) {
    this.#database = database;
    this.#cacheDir = cacheDir;
    this.#sql = prepareStatements(database);
    this.#pending = new PendingChanges(this.#sql);
    this.catalogue = new StudyCatalogue({
      database,
      read: (query) => this.#read(query),
      transaction: (write) => {
        this.flush();
        return this.#transaction(write);
      },
    });
    this.#arrival = Number(this.#sql.lastArrival.get()?.['arrival'] ?? 0);
    const row = this.#sql.totals.get() ?? {};
    this.#totals = {
      studies: Number(row['studies']),
      instances: Number(row['instances']),
      bytes: Number(row['bytes']),
    };
  }

  /** How many changes have gathered. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Sums over all studies, as of the last flush. */
  get totals(): Totals {
    return this.#totals;
  }

  /** @param at milliseconds since 1970: when it was received, which is also the last use of its study */
  add(instance: StoredInstance, at: number): void {
    this.#pending.add({ ...instance, arrival: ++this.#arrival }, at);
  }

  /** @param at milliseconds since 1970 */
  use(archive: string, study: Uid, at: number): void {
    this.#pending.use(archive, study, at);
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const change = this.#transaction(() => this.#pending.write());
    this.#pending.clear();
    this.#count(change);
  }

  /** The instances of a resource, in the order in which they arrived. */
  find(archive: string, resource: Resource): StoredInstance[] {
    if (resource.level === 'instance') {
      const found = this.get({ archive, ...resource });
      return found === undefined ? [] : [found];
    }
    return this.#readInstances(() => {
      const rows =
        resource.level === 'study'
          ? this.#sql.ofStudy.all(archive, resource.study)
          : this.#sql.ofSeries.all(archive, resource.study, resource.series);
      return rows.map((row) => toStoredInstance(row, this.#cacheDir));
    });
  }

  get({ archive, study, series, instance }: InstanceName): StoredInstance | undefined {
    return this.#readInstances(() => {
      const row = this.#sql.one.get(archive, study, series, instance);
      return row === undefined ? undefined : toStoredInstance(row, this.#cacheDir);
    });
  }

  hasAny(archive: string, resource: Resource): boolean {
    if (resource.level === 'instance') return this.get({ archive, ...resource }) !== undefined;
    if (resource.level === 'study') return this.study(archive, resource.study) !== undefined;
    return this.#readInstances(
      () => this.#sql.anyOfSeries.get(archive, resource.study, resource.series) !== undefined,
    );
  }

  study(archive: string, study: Uid): CachedStudy | undefined {
    const row = this.#read(() => this.#sql.study.get(archive, study));
    return row === undefined ? undefined : toCachedStudy(row);
  }

  /** Studies that were last used at `until` or before, those longest ago first, `skip` of them left out. */
  studiesByUse({ until, skip, limit }: { until: number; skip: number; limit: number }): CachedStudy[] {
    return this.#read(() => this.#sql.studiesByUse.all(until, limit, skip).map(toCachedStudy));
  }

  /** Up to `limit` studies that follow the given one, by archive and UID. */
  studiesAfter(last: { archive: string; study: string }, limit: number): CachedStudy[] {
    return this.#read(() => this.#sql.studiesAfter.all(last.archive, last.study, limit).map(toCachedStudy));
  }

  oldestUse(): number | undefined {
    const oldest = this.#read(() => this.#sql.oldestUse.get()?.['oldest']);
    return typeof oldest === 'number' ? oldest : undefined;
  }

  markComplete({
    archive,
    resource,
    count,
    at,
  }: {
    archive: string;
    resource: Resource;
    count: number;
    at: number;
  }): void {
    this.#read(() =>
      this.#sql.mark.run(archive, resource.study, resourceKey(resource), resource.level, count, at),
    );
  }

  /** True where the study, or the series where that is what is asked for, was marked as complete. */
  isMarked(archive: string, resource: Resource): boolean {
    return this.#readInstances(
      () =>
        this.#sql.isMarked.get(archive, resource.study, resource.study, seriesKey(resource)) !== undefined,
    );
  }

  /** Drops instances of one study, and every mark that says that what they belong to is complete. */
  remove(archive: string, instances: readonly InstanceResource[]): void {
    this.flush();
    const removed = this.#transaction(() => {
      const sum = { studies: 0, instances: 0, bytes: 0 };
      for (const name of instances) {
        const size = this.#removeOne(archive, name);
        if (size === undefined) continue;
        sum.instances -= 1;
        sum.bytes -= size;
        if (this.#shrinkStudy(archive, name.study, size)) sum.studies -= 1;
      }
      return sum;
    });
    this.#count(removed);
  }

  removeStudy(archive: string, study: Uid): void {
    const found = this.study(archive, study);
    this.#transaction(() => {
      this.#forgetStudy(archive, study);
    });
    if (found !== undefined) this.#count({ studies: -1, instances: -found.instances, bytes: -found.bytes });
  }

  /** A clock that was wrong must not keep studies for ever. */
  forgetUseAfter(now: number): void {
    this.#read(() => this.#sql.noFutureUse.run(now));
  }

  /** Lets go of the database. What has gathered and was not flushed is lost. */
  close(): void {
    this.#database.close();
  }

  /** Returns true where that was the last instance of the study. */
  #shrinkStudy(archive: string, study: Uid, size: number): boolean {
    const row = this.#sql.shrinkStudy.get(1, size, archive, study);
    if (row?.['instances'] !== 0) return false;
    this.#forgetStudy(archive, study);
    return true;
  }

  #forgetStudy(archive: string, study: Uid): void {
    this.#sql.removeStudyInstances.run(archive, study);
    this.#sql.removeStudy.run(archive, study);
    this.#sql.unmarkStudy.run(archive, study);
    this.#sql.removeStudySummary.run(archive, study);
    this.#sql.removeSeriesSummaries.run(archive, study);
  }

  /** The size of the instance that was dropped, or undefined where there is none of that name. */
  #removeOne(archive: string, name: InstanceResource): number | undefined {
    this.#sql.unmark.run(archive, name.study, name.study, seriesKey(name));
    const size = this.#sql.sizeOf.get(archive, name.study, name.series, name.instance)?.['size'];
    if (typeof size !== 'number') return undefined;
    this.#sql.remove.run(archive, name.study, name.series, name.instance);
    return size;
  }

  #count({ studies, instances, bytes }: Totals): void {
    this.#totals = {
      studies: this.#totals.studies + studies,
      instances: this.#totals.instances + instances,
      bytes: this.#totals.bytes + bytes,
    };
  }

  /** Times of use are not looked at: those that have gathered are written in their time, not at each request. */
  #readInstances<T>(query: () => T): T {
    return this.#pending.hasAdditions ? this.#read(query) : this.#guarded(query);
  }

  #read<T>(query: () => T): T {
    this.flush();
    return this.#guarded(query);
  }

  #guarded<T>(query: () => T): T {
    try {
      return query();
    } catch (thrown) {
      throw indexError(thrown);
    }
  }

  #transaction<T>(write: () => T): T {
    try {
      this.#sql.begin.run();
      const result = write();
      this.#sql.commit.run();
      return result;
    } catch (thrown) {
      if (this.#database.isTransaction) this.#sql.rollback.run();
      throw indexError(thrown);
    }
  }
}

function seriesKey(resource: Resource): string {
  return resource.level === 'study' ? resource.study : `${resource.study}/${resource.series}`;
}
