import type { Fragment } from './bulk-value.ts';
import { undefinedLength } from './element-handler.ts';
import type { WindowedHeader } from './windowed-header.ts';

export interface ReadFragments {
  /** The first is the Basic Offset Table. */
  readonly items: readonly Fragment[];
  /** Byte behind the last item. */
  readonly itemsEnd: number;
  /** Where the next element begins. */
  readonly next: number;
  /** True where a delimiter ends them, as it has to. */
  readonly isDelimited: boolean;
}

const itemTag = 0xfffee000;
const sequenceDelimiter = 0xfffee0dd;
const itemHeader = 8;

/**
 * Passes over the items of encapsulated pixel data (PS3.5 annex A.4) from byte `start`. The last one
 * ends at `end` where it claims to be longer.
 * @param count called for each item before it is kept; it may throw where there are too many
 */
export function readFragments(
  header: WindowedHeader,
  { start, end }: { start: number; end: number },
  count: () => void,
): ReadFragments {
  const items: Fragment[] = [];
  let at = start;
  while (header.readAt(at, end) && header.tag === itemTag && header.length !== undefinedLength) {
    count();
    const offset = at + itemHeader;
    const length = Math.min(header.length, end - offset);
    items.push({ offset, length });
    at = offset + length;
    if (length < header.length) return { items, itemsEnd: at, next: end, isDelimited: false };
  }
  const isDelimited = at + itemHeader <= end && header.tag === sequenceDelimiter;
  return { items, itemsEnd: at, next: isDelimited ? at + itemHeader : end, isDelimited };
}
