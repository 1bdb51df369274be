import type { InstanceOutline } from '../dicom/instance-outline.ts';
import type { Uid } from '../domain/uid.ts';
import type { CachedStudy } from './stored-instance.ts';

/** A study of the cache as lists show it; texts are '' until one of its instances was looked into. */
export interface ListedStudy extends CachedStudy {
  readonly patientName: string;
  readonly patientId: string;
  /** YYYYMMDD as in the data set. */
  readonly studyDate: string;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly series: number;
  /** Milliseconds since 1970. */
  readonly firstReceivedAt: number;
  /** It is known that nothing is missing. */
  readonly isComplete: boolean;
  readonly isPinned: boolean;
}

export interface ListedSeries {
  readonly series: Uid;
  readonly modality: string;
  readonly number: string;
  readonly description: string;
  readonly instances: number;
  readonly bytes: number;
}

/** By what studies are sorted: `age` by their last use, `state` those being received before partial ones. */
export type StudySort =
  'patient' | 'id' | 'date' | 'description' | 'modality' | 'instances' | 'size' | 'age' | 'state';

export interface StudyQuery {
  /** Words that all have to occur in name, ID, date, description, modalities or UID. '' for all studies. */
  readonly text: string;
  readonly sort: StudySort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Studies that are being received, as `archive/study`. */
  readonly receiving: ReadonlySet<string>;
}

export interface StudyPage {
  /** How many studies match, whatever the limit. */
  readonly total: number;
  readonly studies: readonly ListedStudy[];
}

/** What was found in an instance of a series: it describes the series, and its study. */
export interface DescribedSeries {
  readonly archive: string;
  readonly study: Uid;
  readonly series: Uid;
  readonly outline: InstanceOutline;
}
