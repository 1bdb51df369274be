import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { readableDate } from '../dicom/rendering/readable-values.ts';
import type { Uid } from '../domain/uid.ts';
import { type CatalogueStatements, prepareCatalogue } from './catalogue-statements.ts';
import { foldedText, foldedWords } from './folded-text.ts';
import { toCachedStudy } from './index-row.ts';
import type { DescribedSeries, ListedSeries, ListedStudy, StudyPage, StudyQuery } from './study-summary.ts';

export interface CatalogueAccess {
  readonly database: DatabaseSync;
  /** Runs what reads or writes, after all that was added is in the tables; failures become BrokerErrors. */
  readonly read: <T>(query: () => T) => T;
  /** The same in one transaction. */
  readonly transaction: <T>(write: () => T) => T;
}

export interface PinnedStudies {
  readonly studies: number;
  readonly bytes: number;
}

/** A series of which nothing is known but an instance. */
export interface UndescribedSeries {
  readonly archive: string;
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
}

interface StudyName {
  readonly archive: string;
  readonly study: Uid;
}

/** Series of a study that are described; of more, which no study has, nothing is known but their number. */
const mostSeries = 10_000;
const separator = '\\';

/**
 * The studies of the cache as people look for them: a small summary of each stands in the index beside its
 * sums, so that a page of a sorted and searched list is one query. Methods throw as InstanceIndex's do.
 */
export class StudyCatalogue {
  readonly #access: CatalogueAccess;
  readonly #sql: CatalogueStatements;

  constructor(access: CatalogueAccess) {
    this.#access = access;
    this.#sql = prepareCatalogue(access.database);
  }

  list({ text, sort, descending, offset, limit, receiving }: StudyQuery): StudyPage {
    const words = foldedWords(text);
    const bound = Object.fromEntries(words.map((word, index) => [`word${index}`, word]));
    return this.#access.read(() => {
      const total = Number(this.#sql.count(words.length).get(bound)?.['total']);
      const page = this.#sql.page({ sort, descending, words: words.length });
      const rows = page.all({ ...bound, receiving: JSON.stringify([...receiving]), limit, offset });
      return { total, studies: rows.map((row) => this.#listed(row)) };
    });
  }

  study(archive: string, study: Uid): ListedStudy | undefined {
    return this.#access.read(() => {
      const row = this.#sql.one.get({ archive, study });
      return row === undefined ? undefined : this.#listed(row);
    });
  }

  /** The series of a study, by their numbers. */
  series(archive: string, study: Uid): ListedSeries[] {
    const rows = this.#access.read(() => this.#sql.series.all({ archive, study }));
    return rows.map((row) => ({
      series: text(row, 'series') as Uid,
      modality: text(row, 'modality'),
      number: text(row, 'number'),
      description: text(row, 'description'),
      instances: Number(row['instances']),
      bytes: Number(row['bytes']),
    }));
  }

  /** When each instance of a series was received, in milliseconds since 1970, by its UID. */
  receivedAt(archive: string, study: Uid, series: Uid): ReadonlyMap<string, number> {
    const rows = this.#access.read(() => this.#sql.instances.all({ archive, study, series }));
    return new Map(rows.map((row) => [text(row, 'instance'), Number(row['received_at'])]));
  }

  isDescribed(archive: string, study: Uid, series: Uid): boolean {
    return this.#access.read(() => this.#sql.isDescribed.get({ archive, study, series }) !== undefined);
  }

  /** The series of a study that nothing is known of. */
  undescribed(archive: string, study: Uid): UndescribedSeries[] {
    const rows = this.#access.read(() => this.#sql.undescribed.all({ archive, study, limit: mostSeries }));
    return rows.map((row) => ({
      archive,
      study,
      series: text(row, 'series') as Uid,
      instance: text(row, 'instance') as Uid,
    }));
  }

  /** Keeps what was found in the instances of series; those that have left meanwhile are passed over. */
  describe(described: readonly DescribedSeries[]): void {
    this.#access.transaction(() => {
      const studies = new Map<string, DescribedSeries[]>();
      for (const one of described) {
        const { archive, study, series, outline } = one;
        if (this.#sql.hasSeries.get({ archive, study, series }) === undefined) continue;
        const { modality, seriesNumber: number, seriesDescription: description } = outline;
        this.#sql.describeSeries.run({ archive, study, series, modality, number, description });
        const key = `${archive}/${study}`;
        studies.set(key, [...(studies.get(key) ?? []), one]);
      }
      for (const ofStudy of studies.values()) this.#summarise(ofStudy);
    });
  }

  /** @param at milliseconds since 1970 */
  pin(archive: string, study: Uid, at: number): void {
    this.#access.read(() => this.#sql.pin.run({ archive, study, at }));
  }

  unpin(archive: string, study: Uid): void {
    this.#access.read(() => this.#sql.unpin.run({ archive, study }));
  }

  isPinned(archive: string, study: Uid): boolean {
    return this.#access.read(() => this.#sql.isPinned.get({ archive, study }) !== undefined);
  }

  /** What the pinned studies that are there come to. */
  pinned(): PinnedStudies {
    const row = this.#access.read(() => this.#sql.pinned.get());
    return { studies: Number(row?.['studies'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) };
  }

  /** What an instance says takes the place of what was known, but for what it says nothing of. */
  #summarise(described: readonly DescribedSeries[]): void {
    const [first] = described;
    if (first === undefined) return;
    const name: StudyName = { archive: first.archive, study: first.study };
    const before = this.#sql.summary.get({ ...name }) ?? {};
    const latest = (value: (one: DescribedSeries) => string, column: string): string =>
      described.map(value).findLast((one) => one !== '') ?? String(before[column] ?? '');
    const patientName = latest(({ outline }) => outline.patientName, 'patient_name');
    const patientId = latest(({ outline }) => outline.patientId, 'patient_id');
    const studyDate = latest(({ outline }) => outline.studyDate, 'study_date');
    const description = latest(({ outline }) => outline.studyDescription, 'description');
    const modalities = this.#sql.modalities.all({ ...name }).map((row) => text(row, 'modality'));
    const searched = [patientName, patientId, studyDate, readableDate(studyDate), description, ...modalities];
    this.#sql.summarise.run({
      ...name,
      patientName,
      patientKey: foldedText(patientName),
      patientId,
      studyDate,
      description,
      modalities: modalities.join(separator),
      search: foldedText(searched.join('\n')),
    });
  }

  #listed(row: Row): ListedStudy {
    const study = toCachedStudy(row);
    const details = this.#sql.details.get({ archive: study.archive, study: study.study });
    return {
      ...study,
      patientName: text(row, 'patient_name'),
      patientId: text(row, 'patient_id'),
      studyDate: text(row, 'study_date'),
      description: text(row, 'description'),
      modalities: text(row, 'modalities')
        .split(separator)
        .filter((modality) => modality !== ''),
      series: Number(details?.['series'] ?? 0),
      firstReceivedAt: Number(row['first_received_at']),
      isComplete: details?.['is_complete'] === 1,
      isPinned: details?.['is_pinned'] === 1,
    };
  }
}

type Row = Record<string, SQLOutputValue>;

function text(row: Row, column: string): string {
  return String(row[column] ?? '');
}
