/** What a requestor proposes under one context ID (PS3.8 section 9.3.2.2). */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Results of a presentation context negotiation (PS3.8 table 9-18). */
export const ContextResult = {
  accepted: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

/** What an acceptor answers for one context ID (PS3.8 section 9.3.3.2). */
export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  /** Meaningful only where accepted. */
  readonly transferSyntax: string;
}

/** A context that both sides agreed on. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** An SCU that proposes to be the SCP of a class too, as C-GET needs it (PS3.7 annex D.3.3.4). */
export interface RoleSelection {
  readonly sopClass: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** SOP Class Extended Negotiation: application information bytes per class (PS3.7 annex D.3.3.5). */
export interface ExtendedNegotiation {
  readonly sopClass: string;
  readonly information: Buffer;
}

/**
 * At most 128 context IDs fit an association (odd numbers of one byte, PS3.8 section 9.3.2.2).
 */
export const maxPresentationContexts = 128;

/** Gives each pair of abstract syntax and transfer syntaxes the next odd ID. */
export function numberContexts(
  contexts: readonly { abstractSyntax: string; transferSyntaxes: readonly string[] }[],
): ProposedContext[] {
  return contexts
    .slice(0, maxPresentationContexts)
    .map((context, index) => ({ ...context, id: 2 * index + 1 }));
}
