import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Association } from '../dimse/association.ts';
import type { AssociationPool } from '../dimse/association-pool.ts';
import type { Logger } from '../observe/logger.ts';
import { tidyAnswer, unmatchedKeys } from './find-answer.ts';
import { type FindStep, findIdentifiers } from './find-identifier.ts';
import { negotiatedSupport } from './find-negotiation.ts';
import { findOn } from './find-on.ts';
import type { FindNotes } from './query.ts';

export interface ArchiveFindOptions {
  /** The archive's name in the configuration. */
  readonly name: string;
  /** Associations that propose literal matching, and fuzzy matching (see findExtendedNegotiation). */
  readonly literal: AssociationPool;
  readonly fuzzy: AssociationPool;
  /** Whether queries may leave out unique keys of levels above. */
  readonly relational: 'auto' | 'no';
  /** To write texts with where it has all their characters, as the attribute's whole value; '' for none. */
  readonly characterSet: string;
  /** Silence between answers, in milliseconds. */
  readonly responseTimeoutMs: number;
  readonly logger: Logger;
}

/** What all C-FINDs of one query have in common. */
export interface FindContext {
  readonly fuzzy: boolean;
  readonly notes: FindNotes;
  readonly signal: AbortSignal | undefined;
}

/** Thrown before a relational query is sent, where the archive said that it has none. */
export class RelationalNotOffered extends Error {
  override readonly name = 'RelationalNotOffered';
}

/** Sends C-FINDs to one archive and reads its answers; remembers what the archive's answers showed. */
export class FindRequests {
  readonly #options: ArchiveFindOptions;
  /** The character set of the last answer that named one, as the attribute's whole value. */
  #characterSet = '';
  #offersFuzzy: boolean | undefined;

  constructor(options: ArchiveFindOptions) {
    this.#options = options;
  }

  /**
   * The archive's answers to one step, as DICOM JSON in Unicode; leaving the loop early sends C-CANCEL.
   * @param kind whether the step leaves out unique keys of levels above its own
   * @throws BrokerError of the pool and of findScu; RelationalNotOffered
   */
  async *send(
    step: FindStep,
    context: FindContext,
    kind: 'hierarchical' | 'relational' = 'hierarchical',
  ): AsyncGenerator<DicomJson, void, undefined> {
    const { literal, fuzzy } = this.#options;
    const pool = context.fuzzy && this.#offersFuzzy !== false ? fuzzy : literal;
    if (context.fuzzy && pool === literal) context.notes.fuzzyNotSupported = true;
    for (const identifier of findIdentifiers(step)) {
      yield* pool.stream((association) => {
        const offered = negotiatedSupport(association);
        if (pool === fuzzy) {
          this.#offersFuzzy = offered.fuzzy ?? false;
          if (!this.#offersFuzzy) context.notes.fuzzyNotSupported = true;
        }
        if (kind === 'relational' && offered.relational === false) throw new RelationalNotOffered();
        return this.#answers(association, { identifier, step, context });
      }, context.signal);
    }
  }

  async *#answers(
    association: Association,
    { identifier, step, context }: { identifier: DicomJson; step: FindStep; context: FindContext },
  ): AsyncGenerator<DicomJson, void, undefined> {
    const { characterSet, responseTimeoutMs } = this.#options;
    const answers = findOn(association, identifier, {
      preferred: [characterSet, this.#characterSet].filter((set) => set !== ''),
      timeoutMs: responseTimeoutMs,
      signal: context.signal,
    });
    for await (const answer of answers) {
      if (answer.characterSet.length > 0) this.#characterSet = answer.characterSet.join('\\');
      const tidy = tidyAnswer(answer.dataSet, step);
      this.#report(answer.problems, step, tidy === undefined);
      if (tidy === undefined) continue;
      for (const tag of unmatchedKeys(tidy, step.keys, answer.unsupportedKeys))
        context.notes.unmatchedKeys.add(tag);
      yield tidy;
    }
  }

  #report(problems: readonly string[], { level }: FindStep, isDropped: boolean): void {
    if (problems.length === 0 && !isDropped) return;
    const { logger, name } = this.#options;
    if (isDropped) logger.warn({ archive: name, level, problems }, 'dropped an answer without a unique key');
    else logger.warn({ archive: name, level, problems }, 'read an answer only in part');
  }
}
