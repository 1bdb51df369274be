import type { Association } from '../dimse/association.ts';
import type { ExtendedNegotiation, ProposedContext } from '../dimse/presentation-context.ts';
import { studyRootFindSopClass } from '../domain/sop-class.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../domain/transfer-syntax.ts';

/** What an association for queries proposes, to be numbered: Study Root C-FIND. */
export function findContexts(): Omit<ProposedContext, 'id'>[] {
  const transferSyntaxes = [explicitVrLittleEndian, implicitVrLittleEndian];
  return [{ abstractSyntax: studyRootFindSopClass, transferSyntaxes }];
}

const relationalByte = 0;
const fuzzyByte = 2;

/**
 * SOP Class Extended Negotiation for C-FIND (PS3.4 table C.5-1): relational queries and combined
 * date and time matching are proposed always, fuzzy matching of names only on associations of its own,
 * since once agreed on it holds for every query.
 */
export function findExtendedNegotiation(fuzzy: boolean): ExtendedNegotiation[] {
  return [{ sopClass: studyRootFindSopClass, information: Buffer.from([1, 1, fuzzy ? 1 : 0]) }];
}

/** What an archive agreed to; undefined where it did not answer the negotiation at all. */
export interface FindSupport {
  readonly relational: boolean | undefined;
  readonly fuzzy: boolean | undefined;
}

/** Reads the archive's answer to the extended negotiation; fields that it left out count as refused. */
export function negotiatedSupport(association: Pick<Association, 'extended'>): FindSupport {
  const answer = association.extended.find(({ sopClass }) => sopClass === studyRootFindSopClass);
  if (answer === undefined) return { relational: undefined, fuzzy: undefined };
  const { information } = answer;
  return { relational: information[relationalByte] === 1, fuzzy: information[fuzzyByte] === 1 };
}
