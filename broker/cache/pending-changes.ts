import type { Uid } from '../domain/uid.ts';
import type { IndexStatements } from './index-statements.ts';
import type { StoredInstance } from './stored-instance.ts';

export interface Totals {
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
}

/** What a batch of additions changes in the row of their study. */
interface StudyChange {
  readonly archive: string;
  readonly study: Uid;
  instances: number;
  bytes: number;
  usedAt: number;
  readonly firstAt: number;
}

interface Use {
  readonly archive: string;
  readonly study: Uid;
  at: number;
}

/** Instances that were added and studies that were used, gathered to be written in one transaction. */
export class PendingChanges {
  readonly #sql: IndexStatements;
  #additions: { readonly instance: StoredInstance; readonly at: number }[] = [];
  readonly #uses = new Map<string, Use>();

  constructor(sql: IndexStatements) {
    this.#sql = sql;
  }

  get length(): number {
    return this.#additions.length + this.#uses.size;
  }

  /** Whether something else has gathered than uses: who reads no times of use need not wait for those. */
  get hasAdditions(): boolean {
    return this.#additions.length > 0;
  }

  add(instance: StoredInstance, at: number): void {
    this.#additions.push({ instance, at });
  }

  use(archive: string, study: Uid, at: number): void {
    const key = `${archive}/${study}`;
    const last = this.#uses.get(key);
    if (last === undefined) this.#uses.set(key, { archive, study, at });
    else last.at = Math.max(last.at, at);
  }

  /**
   * Writes everything inside the transaction that is open. What has gathered stays until `clear`.
   * @returns by how much the sums over all studies change
   */
  write(): Totals {
    const total = { studies: 0, instances: 0, bytes: 0 };
    for (const change of this.#putAdditions()) {
      total.instances += change.instances;
      total.bytes += change.bytes;
      if (this.#growStudy(change)) total.studies += 1;
    }
    for (const { archive, study, at } of this.#uses.values()) this.#sql.useStudy.run(at, archive, study);
    return total;
  }

  clear(): void {
    this.#additions = [];
    this.#uses.clear();
  }

  #putAdditions(): Iterable<StudyChange> {
    const changes = new Map<string, StudyChange>();
    for (const { instance, at } of this.#additions) {
      const { archive, study } = instance;
      const before = this.#sql.sizeOf.get(archive, study, instance.series, instance.instance)?.['size'];
      this.#put(instance, at);
      const key = `${archive}/${study}`;
      const change = changes.get(key) ?? { archive, study, instances: 0, bytes: 0, usedAt: at, firstAt: at };
      change.instances += before === undefined ? 1 : 0;
      change.bytes += instance.size - Number(before ?? 0);
      change.usedAt = Math.max(change.usedAt, at);
      changes.set(key, change);
    }
    return changes.values();
  }

  #put(instance: StoredInstance, at: number): void {
    this.#sql.put.run(
      instance.archive,
      instance.study,
      instance.series,
      instance.instance,
      instance.sopClassUid,
      instance.transferSyntaxUid,
      instance.size,
      instance.dataSetOffset,
      instance.crc32,
      instance.arrival ?? 0,
      at,
    );
  }

  /** Returns true where the study is new: it has just the instances that were added. */
  #growStudy({ archive, study, instances, bytes, usedAt, firstAt }: StudyChange): boolean {
    const row = this.#sql.growStudy.get(archive, study, instances, bytes, usedAt, firstAt);
    return instances > 0 && row?.['instances'] === instances;
  }
}
