import { tagOf, type Tag } from '../domain/tag.ts';

const keys = new Map<number, Tag>();

/** The tag of a tag number; remembered, since a data set names the same ones in every item. */
export function keyOf(tag: number): Tag {
  let key = keys.get(tag);
  if (key === undefined) {
    key = tagOf(tag >>> 16, tag & 0xffff);
    // Which tags there are is a peer's choice: enough for the standard's, and no more.
    if (keys.size < 8192) keys.set(tag, key);
  }
  return key;
}
