import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Tag } from '../domain/tag.ts';
import { readUid, type Uid } from '../domain/uid.ts';
import { seriesInstanceUid } from './attribute-level.ts';
import { type ArchiveQuery, singleValue } from './query.ts';

export interface RelatedOptions {
  /** Queries the same archive. */
  readonly find: (query: ArchiveQuery, signal: AbortSignal) => AsyncGenerator<DicomJson, void, undefined>;
  /** Related queries for one request at most. */
  readonly maxRelatedQueries: number;
  readonly signal: AbortSignal;
  /** Told once where attributes were left out since the limit was reached. */
  readonly onLimit: () => void;
}

/** Series of a study that are looked at: more than any real study has. */
const maxAnswers = 10_000;

interface Place {
  readonly study: Uid;
  readonly series?: Uid;
}

const modality: Tag = '00080060';
const instancesInSeries: Tag = '00201209';

/** The queries that fill in one request's answers: each asked once, all together within a limit. */
export class RelatedQueries {
  readonly #options: RelatedOptions;
  readonly #asked = new Map<string, Promise<unknown>>();
  #left: number;
  #isLimitTold = false;

  constructor(options: RelatedOptions) {
    this.#options = options;
    this.#left = options.maxRelatedQueries;
  }

  /** Attributes of a study or series, by a query at its own level; empty where nothing was found. */
  attributesOf(place: Place, tags: readonly Tag[]): Promise<DicomJson> {
    const level = place.series === undefined ? 'study' : 'series';
    return this.#once(`attributes ${place.study} ${place.series ?? ''}`, async () => {
      const [found = {}] = await this.#all({ ...place, level, returnKeys: tags });
      return found;
    });
  }

  /**
   * Modalities in Study and the numbers of series and instances, as far as the archive tells.
   * @param needsCount false where the number of instances is not wanted: it may cost a query per series
   */
  studyFacts(study: Uid, needsCount: boolean): Promise<DicomJson> {
    return this.#once(`facts ${study}`, async () => {
      const series = await this.#all({ study, level: 'series', returnKeys: [modality, instancesInSeries] });
      const facts: DicomJson = {};
      if (series.length === 0) return facts;
      const modalities = [...new Set(series.map((each) => singleValue(each, modality)))].filter(
        (value) => typeof value === 'string',
      );
      if (modalities.length > 0) facts['00080061'] = { vr: 'CS', Value: modalities };
      facts['00201206'] = { vr: 'IS', Value: [series.length] };
      const count = needsCount ? await this.#count(study, series) : undefined;
      if (count !== undefined) facts['00201208'] = { vr: 'IS', Value: [count] };
      return facts;
    });
  }

  /** The number of instances of a series; undefined where it could not be found out. */
  instancesIn(study: Uid, series: Uid): Promise<number | undefined> {
    return this.#once(`count ${study} ${series}`, async () => {
      if (!this.#take()) return undefined;
      let count = 0;
      for await (const answer of this.#find({ study, series, level: 'instance', returnKeys: [] })) {
        if (Object.keys(answer).length > 0) count += 1;
      }
      return count === 0 ? undefined : count;
    });
  }

  async #count(study: Uid, series: readonly DicomJson[]): Promise<number | undefined> {
    let sum = 0;
    for (const each of series) {
      const told = singleValue(each, instancesInSeries);
      const value = singleValue(each, seriesInstanceUid);
      const uid = typeof value === 'string' ? readUid(value) : undefined;
      const count =
        typeof told === 'number' ? told : uid === undefined ? undefined : await this.instancesIn(study, uid);
      if (count === undefined) return undefined;
      sum += count;
    }
    return sum;
  }

  async #all(query: Omit<ArchiveQuery, 'keys' | 'fuzzy'>): Promise<DicomJson[]> {
    if (!this.#take()) return [];
    const answers: DicomJson[] = [];
    for await (const answer of this.#find(query)) {
      answers.push(answer);
      if (answers.length === maxAnswers) break;
    }
    return answers;
  }

  #find(query: Omit<ArchiveQuery, 'keys' | 'fuzzy'>): AsyncGenerator<DicomJson, void, undefined> {
    return this.#options.find({ ...query, keys: {}, fuzzy: false }, this.#options.signal);
  }

  /** Whether one more query is allowed. */
  #take(): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return true;
    }
    if (!this.#isLimitTold) this.#options.onLimit();
    this.#isLimitTold = true;
    return false;
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const asked = this.#asked.get(key) as Promise<T> | undefined;
    if (asked !== undefined) return asked;
    const answer = ask();
    this.#asked.set(key, answer);
    return answer;
  }
}
