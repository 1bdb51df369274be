import { complete } from '../../archive/find-completion.ts';
import { type ArchiveQuery, type FindNotes, newFindNotes } from '../../archive/query.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { Logger } from '../../observe/logger.ts';
import { qidoAnswer } from './qido-answer.ts';
import { requiredAttributes } from './qido-attributes.ts';
import type { QidoRequest } from './qido-parameters.ts';
import type { SearchOutcome } from './warning.ts';

/** An archive, as far as a search needs it. */
export interface QueriedArchive {
  readonly name: string;
  find(
    query: ArchiveQuery,
    signal: AbortSignal,
    notes?: FindNotes,
  ): AsyncGenerator<DicomJson, void, undefined>;
}

export interface SearchOptions {
  readonly archive: QueriedArchive;
  readonly defaultLimit: number;
  readonly maxRelatedQueries: number;
  /** Absolute URL of the WADO-RS service. */
  readonly wadoBase: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** One search under way: its results, and what is known of it so far. */
export class QidoSearch {
  readonly #request: QidoRequest;
  readonly #options: SearchOptions;
  readonly #notes: FindNotes = newFindNotes();
  #cutAt: number | undefined;
  #isCutOff = false;
  #isIncomplete = false;

  constructor(request: QidoRequest, options: SearchOptions) {
    this.#request = request;
    this.#options = options;
  }

  get outcome(): SearchOutcome {
    return { notes: this.#notes, cutAt: this.#cutAt, isIncomplete: this.#isIncomplete };
  }

  /** True where the archive was stopped because there were enough results. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /** The results, from offset to limit, as QIDO-RS sends them. */
  async *results(): AsyncGenerator<DicomJson, void, undefined> {
    const { archive, signal, logger, maxRelatedQueries, wadoBase } = this.#options;
    const { level, study, series } = this.#request;
    const required = requiredAttributes({
      level,
      hasStudy: study !== undefined,
      hasSeries: series !== undefined,
    });
    const completed = complete(this.#page(), {
      find: (query, abort) => archive.find(query, abort),
      level,
      required: new Set(required),
      maxRelatedQueries,
      signal,
      logger,
      onLimit: () => {
        this.#isIncomplete = true;
      },
    });
    for await (const answer of completed) yield qidoAnswer(answer, { level, required, wadoBase });
  }

  /**
   * Where the client states no limit, one result more than the default one is waited for, so that a
   * cut is known; where it does, the archive is stopped with the last one.
   */
  async *#page(): AsyncGenerator<DicomJson, void, undefined> {
    const { offset, limit } = this.#request;
    const { archive, signal, defaultLimit } = this.#options;
    let skipped = 0;
    let count = 0;
    if (limit === 0) return;
    for await (const answer of archive.find(this.#request, signal, this.#notes)) {
      if (skipped < offset) {
        skipped += 1;
        continue;
      }
      if (limit === undefined && count === defaultLimit) {
        this.#cutAt = defaultLimit;
        this.#isCutOff = true;
        return;
      }
      yield answer;
      count += 1;
      if (count === limit) {
        this.#isCutOff = true;
        return;
      }
    }
  }
}
