import { vrOf } from '../domain/dictionary.ts';
import type { Tag } from '../domain/tag.ts';
import type { Vr } from '../domain/vr.ts';

/**
 * A dictionary that is asked by tag number, as scanners have it, and remembers what it was told.
 * Only what the dictionary knows is remembered, so that made-up tags of a peer take no memory.
 */
export function vrByTagNumber(look: (tag: Tag) => Vr | undefined = vrOf): (tag: number) => Vr | undefined {
  const known = new Map<number, Vr>();
  return (tag) => {
    const remembered = known.get(tag);
    if (remembered !== undefined) return remembered;
    const vr = look(tag.toString(16).toUpperCase().padStart(8, '0'));
    if (vr !== undefined && !isPrivateOrGroupLength(tag)) known.set(tag, vr);
    return vr;
  };
}

/** Tags of which there are thousands that mean the same: a dictionary answers them by rule. */
function isPrivateOrGroupLength(tag: number): boolean {
  return (tag & 0x10000) !== 0 || (tag & 0xffff) === 0;
}
