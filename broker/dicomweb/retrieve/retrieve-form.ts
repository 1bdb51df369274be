import { canDecode } from '../../dicom/codec/decode-frame.ts';
import { losslessSyntaxes } from '../../dicom/codec/encode-frame.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { Resource } from '../../domain/resource.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { PackagingName } from './instance-packaging.ts';
import { type MediaRange, chooseOffer, qualityOf } from '../http/accept.ts';

const dicom = 'application/dicom';
const multipart = { type: 'multipart/related', parameters: { type: dicom }, packaging: 'multipart' } as const;
const single = { type: dicom, parameters: {}, packaging: 'single' } as const;
const zip = { type: 'application/zip', parameters: {}, packaging: 'zip' } as const;

/** What a client accepts of an Instance Resource as application/dicom (PS3.18 sections 8.7.3.3 and 10.4.1). */
export class RetrieveForm {
  /** A single body is of an instance only. */
  readonly packaging: PackagingName;
  readonly #ranges: readonly MediaRange[];
  readonly #syntaxesByStored = new Map<string, readonly string[]>();

  private constructor(packaging: PackagingName, ranges: readonly MediaRange[]) {
    this.packaging = packaging;
    this.#ranges = ranges;
  }

  /** @throws BrokerError `not-acceptable` that says what can be had */
  static choose(ranges: readonly MediaRange[], resource: Resource): RetrieveForm {
    const offers = resource.level === 'instance' ? [multipart, single, zip] : [multipart, zip];
    const chosen = chooseOffer(withoutSyntax(ranges), offers);
    if (chosen === undefined) {
      const also = resource.level === 'instance' ? ', or application/dicom' : '';
      throw new BrokerError(
        'not-acceptable',
        `The Accept header allows nothing that can be sent here: multipart/related; type="application/dicom"${also}, or application/zip.`,
      );
    }
    // Ranges of quality 0 count too: they say what the client does not take.
    const fitting = ranges.filter(
      (range) => qualityOf(chosen, withoutSyntax([{ ...range, quality: 1 }])) > 0,
    );
    return new RetrieveForm(chosen.packaging, fitting);
  }

  /**
   * True where an instance of any syntax can be sent, so that nothing need be known of the others
   * before the first one leaves.
   */
  get takesAnySyntax(): boolean {
    if (this.#ranges.some((range) => range.quality === 0)) return false;
    return this.#ranges.some((range) => syntaxOf(range) === undefined || syntaxOf(range) === '*');
  }

  /**
   * The transfer syntaxes in which an instance of that syntax can be sent, the one that is wanted most first; of
   * those that are wanted equally, the stored one. The others are for instances that turn out not to be
   * convertible. Empty where the client accepts none that can be made.
   */
  syntaxesOf(storedSyntax: string): readonly string[] {
    const known = this.#syntaxesByStored.get(storedSyntax);
    if (known !== undefined) return known;
    if (this.packaging === 'zip') return this.takesAnySyntax ? [storedSyntax] : [];
    const offers = possibleSyntaxes(storedSyntax).map((syntax) => ({
      syntax,
      quality: this.#qualityOf(syntax, storedSyntax),
    }));
    const syntaxes = offers
      .filter(({ quality }) => quality > 0)
      .sort((one, other) => other.quality - one.quality)
      .map(({ syntax }) => syntax);
    this.#syntaxesByStored.set(storedSyntax, syntaxes);
    return syntaxes;
  }

  /**
   * By the ranges that name the syntax, else by those that name any or none (RFC 9110 section 12.5.1). Any means
   * as stored, or uncompressed; none means Explicit VR Little Endian (PS3.18 section 8.7.3.5.2), and what cannot
   * be decoded as it is stored: it comes last, for a compressed instance whose damage shows when it is decoded.
   */
  #qualityOf(syntax: string, storedSyntax: string): number {
    const named = this.#ranges.filter((range) => syntaxOf(range) === syntax);
    if (named.length > 0) return best(named);
    if (syntax !== storedSyntax && syntax !== explicitVrLittleEndian) return 0;
    const any = best(this.#ranges.filter((range) => syntaxOf(range) === '*'));
    const none = best(this.#ranges.filter((range) => syntaxOf(range) === undefined));
    if (syntax === explicitVrLittleEndian) return Math.max(any, none);
    if (!canDecode(storedSyntax)) return Math.max(any, none);
    return Math.max(any, encodingOf(storedSyntax).encapsulated ? none * lastResort : 0);
  }
}

/** Less than any quality that a client can name, which has three decimals. */
const lastResort = 1e-6;

/** What can be made of an instance of that syntax, the stored one first. */
export function possibleSyntaxes(storedSyntax: string): readonly string[] {
  const others = canDecode(storedSyntax) ? [explicitVrLittleEndian, ...losslessSyntaxes] : [];
  return [storedSyntax, ...others.filter((syntax) => syntax !== storedSyntax)];
}

function best(ranges: readonly MediaRange[]): number {
  return Math.max(0, ...ranges.map(({ quality }) => quality));
}

function syntaxOf(range: MediaRange): string | undefined {
  return range.parameters.get('transfer-syntax');
}

/** The same ranges where only the media type counts. */
function withoutSyntax(ranges: readonly MediaRange[]): MediaRange[] {
  return ranges.map((range) => ({
    ...range,
    parameters: new Map([...range.parameters].filter(([name]) => name !== 'transfer-syntax')),
  }));
}
