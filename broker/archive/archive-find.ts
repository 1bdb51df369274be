import type { DicomJson } from '../dicom/dicom-json.ts';
import { DimseStatus } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import { queryLevels, uniqueKeys } from './attribute-level.ts';
import type { FindStep } from './find-identifier.ts';
import {
  type ArchiveFindOptions,
  type FindContext,
  FindRequests,
  RelationalNotOffered,
} from './find-request.ts';
import { onlyUid, walk } from './find-walk.ts';
import { contradicts, keysAbove } from './key-match.ts';
import { type ArchiveQuery, type FindNotes, newFindNotes } from './query.ts';

/** Queries one archive with C-FIND, by way of the hierarchy where it has no relational queries. */
export class ArchiveFind {
  readonly #options: ArchiveFindOptions;
  readonly #requests: FindRequests;
  /** What was found about relational queries, by their form: whether they work. */
  readonly #relational = new Map<string, boolean>();

  constructor(options: ArchiveFindOptions) {
    this.#options = options;
    this.#requests = new FindRequests(options);
  }

  get name(): string {
    return this.#options.name;
  }

  /**
   * The answers as they come, as DICOM JSON in Unicode, each with the UIDs of its level and those above.
   * Leaving the loop early, or the signal, cancels at the archive with C-CANCEL.
   * @param notes told what the archive did not support
   * @throws BrokerError of the association, `archive-refused` with the DIMSE status, `too-large`
   */
  async *find(
    query: ArchiveQuery,
    signal?: AbortSignal,
    notes: FindNotes = newFindNotes(),
  ): AsyncGenerator<DicomJson, void, undefined> {
    const context: FindContext = { fuzzy: query.fuzzy, notes, signal };
    const form = relationalForm(query);
    const isLevelByLevel = form === undefined || this.#options.relational === 'no';
    if (isLevelByLevel || this.#relational.get(form) === false) {
      yield* this.#walk(query, context);
      return;
    }
    const given = new Set<string>();
    let refused: string | undefined;
    try {
      for await (const answer of this.#requests.send(relationalStep(query), context, 'relational')) {
        if (contradicts(answer, query)) {
          refused = 'it does not match keys of the levels above';
          break;
        }
        given.add(uniqueValue(answer, query));
        yield answer;
      }
    } catch (error) {
      if (given.size > 0 || !isRefusal(error)) throw error;
      refused = error.message;
    }
    if (refused !== undefined) {
      this.#noRelational(form, refused);
      yield* this.#walkOn(query, context, given);
    } else if (given.size > 0) this.#relational.set(form, true);
    else if (this.#relational.get(form) === undefined) yield* this.#doubtEmpty(query, context, form);
  }

  /** Answers the query level by level, without those answers that were given already. */
  async *#walkOn(
    query: ArchiveQuery,
    context: FindContext,
    given: ReadonlySet<string>,
  ): AsyncGenerator<DicomJson, void, undefined> {
    for await (const answer of this.#walk(query, context)) {
      if (!given.has(uniqueValue(answer, query))) yield answer;
    }
  }

  #walk(query: ArchiveQuery, context: FindContext): AsyncGenerator<DicomJson, void, undefined> {
    return walk(query, (step) => this.#requests.send(step, context));
  }

  /**
   * Some archives take a relational query and answer nothing, whatever they hold. The first empty answer
   * is doubted: something that the hierarchy leads to must be found without it too.
   */
  async *#doubtEmpty(
    query: ArchiveQuery,
    context: FindContext,
    form: string,
  ): AsyncGenerator<DicomJson, void, undefined> {
    const { level, study } = query;
    const known = study ?? onlyUid(query, 'study');
    const sampleQuery: ArchiveQuery = { level, keys: {}, returnKeys: [], study: known, fuzzy: false };
    const sample = await first(this.#walk(sampleQuery, context));
    if (sample === undefined) return;
    const unique = sample[uniqueKeys[level]];
    if (unique === undefined) return;
    const probe: ArchiveQuery = { ...sampleQuery, keys: { [uniqueKeys[level]]: unique } };
    const found = await first(this.#requests.send(relationalStep(probe), context, 'relational'));
    if (found !== undefined) {
      this.#relational.set(form, true);
      return;
    }
    this.#noRelational(form, 'it answers nothing');
    yield* this.#walk(query, context);
  }

  #noRelational(form: string, reason: string): void {
    this.#relational.set(form, false);
    const { logger, name } = this.#options;
    logger.info(
      { archive: name, form, reason },
      'no relational queries here: asking level by level from now on',
    );
  }
}

/** The form of a query that leaves out a unique key above its level; undefined for one that does not. */
function relationalForm(query: ArchiveQuery): string | undefined {
  const study = query.study ?? onlyUid(query, 'study');
  const series = query.series ?? onlyUid(query, 'series');
  if (query.level === 'study') return undefined;
  const keys = keysAbove(query).length > 0 ? ' by keys of levels above' : '';
  if (study === undefined) return `all of level ${query.level}${keys}`;
  return query.level === 'instance' && series === undefined ? `instances of a study${keys}` : undefined;
}

function uniqueValue(answer: DicomJson, { level }: ArchiveQuery): string {
  const value = answer[uniqueKeys[level]]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}

/** All keys of a query in one step, whatever their levels (PS3.4 section C.4.1.2.2). */
function relationalStep(query: ArchiveQuery): FindStep {
  const { level, keys, returnKeys, study, series } = query;
  // The unique keys of the levels above are return keys: without them no answer could be placed.
  const above = queryLevels.slice(0, queryLevels.indexOf(level)).map((upper) => uniqueKeys[upper]);
  return { level, keys, returnKeys: [...returnKeys, ...above], study, series };
}

async function first(answers: AsyncGenerator<DicomJson, void, undefined>): Promise<DicomJson | undefined> {
  for await (const answer of answers) return answer;
  return undefined;
}

/** Failures that may be about the form of the query; the others concern the archive's state or our rights. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof RelationalNotOffered) return true;
  if (!(error instanceof BrokerError) || error.code !== 'archive-refused') return false;
  const status = error.dimseStatus ?? 0;
  return (status & 0xff00) !== DimseStatus.outOfResources && status !== DimseStatus.notAuthorized;
}
