import type { DicomJson } from '../dicom/dicom-json.ts';
import { toBrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import { readUid, type Uid } from '../domain/uid.ts';
import type { Logger } from '../observe/logger.ts';
import { levelOf, seriesInstanceUid, studyInstanceUid, uniqueKeys } from './attribute-level.ts';
import { inOrder } from './in-order.ts';
import { type QueryLevel, hasValue, singleValue } from './query.ts';
import { RelatedQueries, type RelatedOptions } from './related-queries.ts';

export interface CompletionOptions extends RelatedOptions {
  readonly level: QueryLevel;
  /** Attributes that an answer must have, as far as lower or upper levels can tell them. */
  readonly required: ReadonlySet<Tag>;
  readonly logger: Logger;
}

const instanceAvailability: Tag = '00080056';
const modalitiesInStudy: Tag = '00080061';
const seriesInStudy: Tag = '00201206';
const instancesInStudy: Tag = '00201208';
const instancesInSeries: Tag = '00201209';
const studyFacts: readonly Tag[] = [modalitiesInStudy, seriesInStudy, instancesInStudy];
const related: ReadonlySet<Tag> = new Set([...studyFacts, instancesInSeries]);

/** Answers that are kept while the archive still answers, before they are given out incomplete. */
const maxHeld = 1_000;
const parallel = 2;

/**
 * Fills in what a classic archive leaves out of its answers but must be in those of QIDO-RS
 * (PS3.18 section 10.6.3.3): Instance Availability, the related counts, Modalities in Study, and
 * attributes of the levels above. Answers keep their order, and complete ones are not delayed.
 *
 * Incomplete ones wait until the archive has answered the query itself: a related query needs an
 * association, and requests that each hold one while waiting for another would block each other.
 */
export async function* complete(
  answers: AsyncIterable<DicomJson>,
  options: CompletionOptions,
): AsyncGenerator<DicomJson, void, undefined> {
  const completion = new Completion(options);
  let held: DicomJson[] = [];
  let givenUp = false;
  for await (const answer of answers) {
    available(answer);
    const isDue = held.length > 0 || completion.isIncomplete(answer);
    if (givenUp || !isDue) {
      yield answer;
      continue;
    }
    held.push(answer);
    if (held.length < maxHeld) continue;
    givenUp = true;
    options.onLimit();
    yield* held;
    held = [];
  }
  yield* inOrder(held, parallel, (answer) => completion.of(answer));
}

function available(answer: DicomJson): void {
  if (!hasValue(answer, instanceAvailability)) answer[instanceAvailability] = { vr: 'CS', Value: ['ONLINE'] };
}

class Completion {
  readonly #options: CompletionOptions;
  readonly #queries: RelatedQueries;
  readonly #above: Readonly<Record<'study' | 'series', readonly Tag[]>>;

  constructor(options: CompletionOptions) {
    this.#options = options;
    this.#queries = new RelatedQueries(options);
    this.#above = { study: this.#attributesOf('study'), series: this.#attributesOf('series') };
  }

  isIncomplete(answer: DicomJson): boolean {
    return (
      this.#missing(answer).length > 0 ||
      this.#lacksLevel(answer, 'study') ||
      this.#lacksLevel(answer, 'series')
    );
  }

  /** The answer with what could be found; a query that fails leaves its attributes out. */
  async of(answer: DicomJson): Promise<DicomJson> {
    if (!this.isIncomplete(answer)) return answer;
    const study = uidIn(answer, studyInstanceUid);
    if (study === undefined) return answer;
    const completed = { ...answer };
    try {
      await this.#complete(completed, study);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      const { logger, level } = this.#options;
      logger.warn({ level, error: toBrokerError(error) }, 'could not fill in what an answer lacks');
    }
    return completed;
  }

  async #complete(answer: DicomJson, study: Uid): Promise<void> {
    const series = uidIn(answer, seriesInstanceUid);
    if (this.#lacksLevel(answer, 'study')) {
      fillIn(answer, await this.#queries.attributesOf({ study }, this.#above.study));
    }
    if (series !== undefined && this.#lacksLevel(answer, 'series')) {
      fillIn(answer, await this.#queries.attributesOf({ study, series }, this.#above.series));
    }
    const missing = this.#missing(answer);
    if (missing.some((tag) => studyFacts.includes(tag))) {
      const needsCount = missing.includes(instancesInStudy);
      fillIn(answer, pick(await this.#queries.studyFacts(study, needsCount), missing));
    }
    if (series !== undefined && missing.includes(instancesInSeries)) {
      const count = await this.#queries.instancesIn(study, series);
      if (count !== undefined) answer[instancesInSeries] = { vr: 'IS', Value: [count] };
    }
  }

  #missing(answer: DicomJson): Tag[] {
    return [...this.#options.required].filter((tag) => related.has(tag) && !hasValue(answer, tag));
  }

  /** True where an archive found the answer but said nothing of a level above it. */
  #lacksLevel(answer: DicomJson, level: 'study' | 'series'): boolean {
    const tags = this.#above[level];
    return tags.length > 0 && !tags.some((tag) => hasValue(answer, tag));
  }

  /** The required attributes of a level above the queried one, less those that are filled in otherwise. */
  #attributesOf(level: 'study' | 'series'): Tag[] {
    if (level === this.#options.level) return [];
    return [...this.#options.required].filter(
      (tag) => levelOf(tag) === level && tag !== uniqueKeys[level] && !related.has(tag),
    );
  }
}

function uidIn(answer: DicomJson, tag: Tag): Uid | undefined {
  const value = singleValue(answer, tag);
  return typeof value === 'string' ? readUid(value) : undefined;
}

function fillIn(answer: DicomJson, found: DicomJson): void {
  for (const [tag, attribute] of Object.entries(found)) {
    if (!hasValue(answer, tag)) answer[tag] = attribute;
  }
}

function pick(dataSet: DicomJson, tags: readonly Tag[]): DicomJson {
  return Object.fromEntries(Object.entries(dataSet).filter(([tag]) => tags.includes(tag)));
}
