import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import {
  deflatedExplicitVrLittleEndian,
  encodingOf,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../domain/transfer-syntax.ts';
import { type MediaRange, chooseOffer, qualityOf } from './accept.ts';

/** How one instance is sent: as it is stored, or converted to Explicit VR Little Endian. */
export type Rendition = 'stored' | 'explicit';

const dicom = 'application/dicom';
const multipart = { type: 'multipart/related', parameters: { type: dicom }, single: false };
const single = { type: dicom, parameters: {}, single: true };

/** The syntaxes that can be converted without touching pixels. */
const convertible: ReadonlySet<string> = new Set([
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
]);

/** What a client accepts of an Instance Resource as application/dicom (PS3.18 sections 8.7.3.3 and 10.4.1). */
export class RetrieveForm {
  /** One body instead of a multipart message: of an instance only. */
  readonly isSinglePart: boolean;
  readonly #ranges: readonly MediaRange[];

  private constructor(isSinglePart: boolean, ranges: readonly MediaRange[]) {
    this.isSinglePart = isSinglePart;
    this.#ranges = ranges;
  }

  /** @throws BrokerError `not-acceptable` that says what can be had */
  static choose(ranges: readonly MediaRange[], resource: Resource): RetrieveForm {
    const offers = resource.level === 'instance' ? [multipart, single] : [multipart];
    const chosen = chooseOffer(withoutSyntax(ranges), offers);
    if (chosen === undefined) {
      const also = resource.level === 'instance' ? ', or application/dicom' : '';
      throw new BrokerError(
        'not-acceptable',
        `The Accept header allows nothing that can be sent here: multipart/related; type="application/dicom"${also}.`,
      );
    }
    // Ranges of quality 0 count too: they say what the client does not take.
    const fitting = ranges.filter(
      (range) => qualityOf(chosen, withoutSyntax([{ ...range, quality: 1 }])) > 0,
    );
    return new RetrieveForm(chosen.single, fitting);
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
   * How an instance of that transfer syntax is sent, or undefined where the client does not accept it.
   * A range without a syntax means Explicit VR Little Endian (PS3.18 section 8.7.3.5.2); an instance
   * that is compressed is sent as it is then.
   */
  renditionOf(storedSyntax: string): Rendition | undefined {
    const stored = this.#qualityOf(
      storedSyntax,
      encodingOf(storedSyntax).encapsulated || !convertible.has(storedSyntax),
    );
    const explicit = convertible.has(storedSyntax) ? this.#qualityOf(explicitVrLittleEndian, true) : 0;
    if (stored === 0 && explicit === 0) return undefined;
    return storedSyntax !== explicitVrLittleEndian && explicit > stored ? 'explicit' : 'stored';
  }

  /** By the ranges that name the syntax, else by those that name any or none (RFC 9110 section 12.5.1). */
  #qualityOf(syntax: string, isDefault: boolean): number {
    const named = this.#ranges.filter((range) => syntaxOf(range) === syntax);
    const open = this.#ranges.filter((range) => {
      const wanted = syntaxOf(range);
      return wanted === '*' || (wanted === undefined && (isDefault || syntax === explicitVrLittleEndian));
    });
    return Math.max(0, ...(named.length > 0 ? named : open).map(({ quality }) => quality));
  }
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
