import type { FindNotes } from '../../archive/query.ts';
import { attributeName } from '../../archive/attribute-path.ts';
import type { QidoRequest } from './qido-parameters.ts';

/** What became known of a search beside its results. */
export interface SearchOutcome {
  readonly notes: FindNotes;
  /** The default limit, where it cut the results off. */
  readonly cutAt: number | undefined;
  /** Required attributes were left out since finding them takes too many queries. */
  readonly isIncomplete: boolean;
}

/**
 * The Warning header fields of a search's answer, in the form of PS3.18 section 8.3.4.
 * @param service the base URL of the service
 */
export function searchWarnings(
  service: string,
  request: Pick<QidoRequest, 'unsupported'>,
  outcome: SearchOutcome,
): string[] {
  const texts: string[] = [];
  if (outcome.notes.fuzzyNotSupported) {
    texts.push('The fuzzymatching parameter is not supported. Only literal matching has been performed.');
  }
  for (const name of request.unsupported) {
    const kind = name === 'emptyvaluematching' ? 'Empty Value' : 'Multiple Value';
    texts.push(`The ${name} parameter is not supported. ${kind} Matching has not been performed.`);
  }
  for (const tag of outcome.notes.unmatchedKeys) {
    texts.push(`The archive does not match ${attributeName(tag)}. The results are not limited by it.`);
  }
  if (outcome.cutAt !== undefined) {
    texts.push(
      `There are additional results that can be requested. Without a limit parameter the first ${outcome.cutAt} are returned.`,
    );
  }
  if (outcome.isIncomplete) {
    texts.push('Counts that the archive does not state have been left out of some results.');
  }
  return texts.map((text) => `299 ${service}: ${text}`);
}
