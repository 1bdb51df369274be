/**
 * Text in the form in which it is compared where capitals, and forms of the same character, make no
 * difference: `Straße` and `STRASSE`, full-width and half-width letters, the two small sigmas.
 */
export function foldedText(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** The words of what somebody searches for, folded; no more than anybody types. */
export function foldedWords(text: string): string[] {
  const words = foldedText(text.slice(0, 512))
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, 16);
}
