import { definedTerm } from '../domain/character-set-term.ts';
import { codeElement, type CodeElement } from './code-element.ts';

/** What a Specific Character Set (0008,0005) means for reading and writing text (PS3.5 section 6.1.2). */
export interface CharacterSet {
  /** The defined terms in the standard's spelling; empty for the default repertoire. */
  readonly terms: readonly string[];
  /** Terms that nobody could make sense of, as they were written. */
  readonly unknown: readonly string[];
  /**
   * `default`: no set named; `unicode`: UTF-8; `gb18030`, `gbk`, `shift-jis`: variable length;
   * `single-byte`: one G1 set, no code extension; `iso-2022`: sets that escape sequences switch.
   */
  readonly kind: 'default' | 'unicode' | 'gb18030' | 'gbk' | 'shift-jis' | 'single-byte' | 'iso-2022';
  /** What G0 and G1 hold at the start and after each delimiter (PS3.5 section 6.1.2.5.1). */
  readonly g0: CodeElement;
  readonly g1: CodeElement | undefined;
  /** Every element that the terms allow, in their order. */
  readonly elements: readonly CodeElement[];
}

const ascii = codeElement(6)!;
const romaji = codeElement(14)!;
const cache = new Map<string, CharacterSet>();

/**
 * The meaning of the values of (0008,0005). Never fails: terms that nobody knows are listed in
 * `unknown` and otherwise skipped.
 */
export function characterSetOf(values: readonly string[]): CharacterSet {
  const key = values.join('\\');
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const made = makeCharacterSet(values);
  // Only the spellings that peers really use are worth keeping; the number is theirs to choose.
  if (cache.size < 64) cache.set(key, made);
  return made;
}

/** The default repertoire: (0008,0005) is absent or empty. */
export const defaultCharacterSet: CharacterSet = characterSetOf([]);

function makeCharacterSet(values: readonly string[]): CharacterSet {
  const unknown = values.filter((value) => definedTerm(value) === undefined);
  const terms = values.map(definedTerm).filter((term) => term !== undefined);
  const first = terms[0] ?? '';
  const base = { terms, unknown, g0: ascii, g1: undefined, elements: [] };
  // These three stand alone: what is named beside them does not count (PS3.3 section C.12.1.1.2).
  if (first === 'ISO_IR 192') return { ...base, terms: [first], kind: 'unicode' };
  if (first === 'GB18030') return { ...base, terms: [first], kind: 'gb18030' };
  if (first === 'GBK') return { ...base, terms: [first], kind: 'gbk' };
  const elements = new Set(terms.flatMap(elementsOf));
  if ([...elements].every((element) => element === ascii)) {
    return { ...base, terms: terms.filter((term) => term !== ''), kind: 'default' };
  }
  const initial = elementsOf(first);
  const g0 = initial.includes(romaji) ? romaji : ascii;
  const g1 = initial.find((element) => element.region === 'G1' && element.width === 1);
  return { terms, unknown, kind: kindOf(terms), g0, g1, elements: [...new Set([g0, ...elements])] };
}

/** The elements that a term names (PS3.3 tables C.12-2 to C.12-4): JIS X 0201 has one in each half. */
function elementsOf(term: string): CodeElement[] {
  const registration = Number(/ (\d+)$/.exec(term)?.[1]);
  const element = codeElement(registration);
  if (element === undefined) return [];
  return registration === 13 ? [romaji, element] : [element];
}

function kindOf(terms: readonly string[]): CharacterSet['kind'] {
  if (terms.length > 1 || terms[0]?.startsWith('ISO 2022') === true) return 'iso-2022';
  return terms[0] === 'ISO_IR 13' ? 'shift-jis' : 'single-byte';
}
