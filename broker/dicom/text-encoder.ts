import { characterSetOf, type CharacterSet } from './character-set.ts';
import type { CodeElement } from './code-element.ts';
import { gb18030Codes } from './gb18030-codes.ts';

/** Characters that JIS tables of others map differently: what a keyboard gives → what the table has. */
const variants: ReadonlyMap<string, string> = new Map([
  ['\u301C', '\uFF5E'],
  ['\u2016', '\u2225'],
  ['\u2212', '\uFF0D'],
  ['\u2014', '\u2015'],
  ['\u00A2', '\uFFE0'],
  ['\u00A3', '\uFFE1'],
  ['\u00AC', '\uFFE2'],
]);

/**
 * Encodes text for a Specific Character Set (0008,0005), escape sequences of ISO 2022 included:
 * each delimiter (`\`, `^`, `=`, line end) finds the initial sets in place (PS3.5 section 6.1.2.5.3).
 * @param terms values of (0008,0005); none stands for the default repertoire
 * @returns undefined where a character of the text cannot be written in that set
 */
export function encodeText(text: string, terms: readonly string[]): Uint8Array | undefined {
  // eslint-disable-next-line no-control-regex -- the default repertoire less ESC, which would begin a sequence
  if (/^[\0-\x1a\x1c-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1');
  if (text.includes('\x1b') || !text.isWellFormed()) return undefined;
  const set = characterSetOf(terms);
  if (set.kind === 'unicode') return Buffer.from(text, 'utf8');
  if (set.kind === 'default') return undefined;
  if (set.kind === 'gb18030' || set.kind === 'gbk') return encodeGb18030(text, set);
  return encodeElements(text, set);
}

/**
 * The values of (0008,0005) to write texts with: none where all are ASCII, else the first of
 * `preferred` that has all their characters, else ISO_IR 192 (UTF-8).
 * @param preferred sets in the form of the attribute's whole value, like `\ISO 2022 IR 87`
 */
export function chooseCharacterSet(texts: readonly string[], preferred: readonly string[]): string[] {
  const fits = (terms: readonly string[]): boolean =>
    texts.every((text) => encodeText(text, terms) !== undefined);
  if (fits([])) return [];
  for (const candidate of preferred) {
    const { terms } = characterSetOf(candidate.split('\\'));
    if (fits(terms)) return [...terms];
  }
  return ['ISO_IR 192'];
}

function encodeGb18030(text: string, set: CharacterSet): Uint8Array | undefined {
  const codes = gb18030Codes();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)! < 0x80 ? Uint8Array.of(character.charCodeAt(0)) : codes(character);
    if (code === undefined || (set.kind === 'gbk' && code.length > 2)) return undefined;
    bytes.push(...code);
  }
  return Uint8Array.from(bytes);
}

function encodeElements(text: string, set: CharacterSet): Uint8Array | undefined {
  const bytes: number[] = [];
  let { g0, g1 } = set;
  const designate = (element: CodeElement): void => {
    if (element.region === 'G0' ? element === g0 : element === g1) return;
    if (element.region === 'G0') g0 = element;
    else g1 = element;
    bytes.push(0x1b, ...element.escape);
  };
  for (const character of text) {
    if (character.charCodeAt(0) < 0x80) {
      designate(set.g0);
      bytes.push(character.charCodeAt(0));
      if (/[\\^=\t\n\f\r]/.test(character)) g1 = set.g1;
      continue;
    }
    const found = findCode(character, [g0, g1, ...candidates(set)]);
    if (found === undefined) return undefined;
    designate(found.element);
    const high = found.element.region === 'G1' ? 0x80 : 0;
    if (found.element.width === 2) bytes.push((found.code >> 8) | high);
    bytes.push((found.code & 0xff) | high);
  }
  designate(set.g0);
  return Uint8Array.from(bytes);
}

/** Without code extension only the initial sets may be used. */
function candidates(set: CharacterSet): readonly (CodeElement | undefined)[] {
  return set.kind === 'iso-2022' ? set.elements : [];
}

function findCode(
  character: string,
  elements: readonly (CodeElement | undefined)[],
): { element: CodeElement; code: number } | undefined {
  for (const form of [character, variants.get(character)]) {
    if (form === undefined) continue;
    for (const element of elements) {
      const code = element?.codes().get(form);
      if (element !== undefined && code !== undefined) return { element, code };
    }
  }
  return undefined;
}
