import type { ProposedContext } from '../dimse/presentation-context.ts';
import { maxPresentationContexts, numberContexts } from '../dimse/presentation-context.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../domain/transfer-syntax.ts';

/** What an archive that refuses an instance's own syntax is offered instead (PS3.5 section 10.1). */
const fallbacks = [explicitVrLittleEndian, implicitVrLittleEndian];

/** SOP classes that are remembered: with their fallbacks as many as an association has contexts for. */
const maxClasses = Math.floor(maxPresentationContexts / (fallbacks.length + 1));

/**
 * The presentation contexts that store associations propose: those of the instances that were to be sent
 * lately, each class and syntax in a context of its own, so that the archive says of each whether it takes
 * it. An association thus fits what comes next, as most studies are of few classes.
 */
export class StoreContexts {
  /** Syntaxes of each class; what was used last stands last in both. */
  readonly #syntaxes = new Map<string, Set<string>>();

  /** Takes note of what is to be sent. */
  add(sopClass: string, transferSyntax: string): void {
    const syntaxes = this.#syntaxes.get(sopClass) ?? new Set();
    syntaxes.delete(transferSyntax);
    syntaxes.add(transferSyntax);
    this.#syntaxes.delete(sopClass);
    this.#syntaxes.set(sopClass, syntaxes);
    const [oldest] = this.#syntaxes.keys();
    if (this.#syntaxes.size > maxClasses && oldest !== undefined) this.#syntaxes.delete(oldest);
  }

  /** As many as fit, those that were used last above all. */
  proposal(): ProposedContext[] {
    const classes = [...this.#syntaxes].reverse();
    const own: (readonly [string, string])[] = [];
    const spare: (readonly [string, string])[] = [];
    for (const [sopClass, syntaxes] of classes) {
      const [latest, ...others] = [...syntaxes].reverse();
      for (const syntax of new Set([latest ?? explicitVrLittleEndian, ...fallbacks]))
        own.push([sopClass, syntax]);
      for (const syntax of others) if (!fallbacks.includes(syntax)) spare.push([sopClass, syntax]);
    }
    return numberContexts(
      [...own, ...spare].map(([abstractSyntax, syntax]) => ({ abstractSyntax, transferSyntaxes: [syntax] })),
    );
  }
}
