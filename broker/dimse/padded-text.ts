const nul = 0x00;
const space = 0x20;

/**
 * Text of one byte per character without the padding that peers leave around it: NUL and space behind,
 * spaces in front. Walks over the bytes: a regular expression takes seconds for 64 KiB of spaces.
 */
export function unpaddedText(value: Buffer): string {
  let end = value.length;
  while (end > 0 && (value[end - 1] === nul || value[end - 1] === space)) end -= 1;
  let start = 0;
  while (start < end && value[start] === space) start += 1;
  return value.toString('latin1', start, end);
}
