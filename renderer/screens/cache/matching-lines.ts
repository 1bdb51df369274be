import type { AttributeLine } from '../../../broker/control/contract/cached.ts';

/**
 * The lines that contain the text in tag, keyword, VR or value, each with the sequences and items that it is in:
 * a line without them would not say where it belongs.
 */
export function matchingLines(lines: readonly AttributeLine[], text: string): readonly AttributeLine[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return lines;
  const kept: AttributeLine[] = [];
  /** Lines above the present one, one for each depth, that are not yet among those kept. */
  let above: AttributeLine[] = [];
  for (const line of lines) {
    above = above.filter(({ depth }) => depth < line.depth);
    if (says(line, wanted)) {
      kept.push(...above, line);
      above = [];
    } else {
      above.push(line);
    }
  }
  return kept;
}

function says({ tag, vr, keyword, value }: AttributeLine, wanted: string): boolean {
  const withComma = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  return [tag, withComma, vr, keyword, value].some((part) => part.toLowerCase().includes(wanted));
}
