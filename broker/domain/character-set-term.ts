const singleByteSets: ReadonlySet<number> = new Set([100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 166]);
const doubleByteSets: ReadonlySet<number> = new Set([87, 159, 149, 58]);

/** Other names of the sets, as real systems write them: letters and digits only. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['UTF8', 'ISO_IR 192'],
  ['GB18030', 'GB18030'],
  ['GBK', 'GBK'],
  ['GB2312', 'GBK'],
  ['ASCII', 'ISO_IR 6'],
  ['USASCII', 'ISO_IR 6'],
  ['ISO646', 'ISO_IR 6'],
  ['SHIFTJIS', 'ISO_IR 13'],
  ['SJIS', 'ISO_IR 13'],
  ['WINDOWS1252', 'ISO_IR 100'],
  ['CP1252', 'ISO_IR 100'],
  ...[100, 101, 109, 110, 144, 127, 126, 138, 148].map((ir, index): [string, string] => [
    `ISO8859${index + 1}`,
    `ISO_IR ${ir}`,
  ]),
  ['ISO885911', 'ISO_IR 166'],
  ['ISO885915', 'ISO_IR 203'],
  ['LATIN1', 'ISO_IR 100'],
  ['LATIN2', 'ISO_IR 101'],
  ['LATIN3', 'ISO_IR 109'],
  ['LATIN4', 'ISO_IR 110'],
  ['LATIN5', 'ISO_IR 148'],
  ['LATIN9', 'ISO_IR 203'],
]);

/**
 * A term in the standard's spelling, whatever spaces, underscores, hyphens and case it was written
 * with, and also for common names of encodings; '' for an empty one, undefined for an unknown one.
 */
export function definedTerm(term: string): string | undefined {
  const letters = term.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (letters === '') return '';
  const [, extension, digits] = /^ISO(2022)?IR(\d{1,3})$/.exec(letters) ?? [];
  if (digits === undefined) return aliases.get(letters);
  const registration = Number(digits);
  if (registration === 192) return 'ISO_IR 192';
  if (doubleByteSets.has(registration)) return `ISO 2022 IR ${registration}`;
  if (registration !== 6 && registration !== 13 && !singleByteSets.has(registration)) return undefined;
  return `${extension === undefined ? 'ISO_IR' : 'ISO 2022 IR'} ${registration}`;
}

const mostTerms = 10;

/**
 * The whole value of Specific Character Set (0008,0005) in the standard's spelling, `\\` between its terms.
 * @returns undefined where a term is unknown, or one after the first, which stands for ASCII, is left out
 */
export function readCharacterSet(text: string): string | undefined {
  const terms = text.split('\\').map(definedTerm);
  const isWhole = terms.every((term, index) => term !== undefined && (term !== '' || index === 0));
  return isWhole && terms.length <= mostTerms ? terms.join('\\') : undefined;
}
