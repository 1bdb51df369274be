/*
 * Loops and not regular expressions: those take time in the square of the length for a value of
 * spaces that ends with a letter, and its length is a peer's choice.
 */

/** The text without the spaces and NULs that pad its end (PS3.5 section 6.2). */
export function trimEndPadding(text: string): string {
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** The text without padding at its end and spaces in front, where the VR gives neither a meaning. */
export function trimPadding(text: string): string {
  const trimmed = trimEndPadding(text);
  let start = 0;
  while (start < trimmed.length && trimmed.charCodeAt(start) === 0x20) start++;
  return start === 0 ? trimmed : trimmed.slice(start);
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0;
}
