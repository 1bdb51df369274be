import { BrokerError } from '../../domain/errors.ts';
import type { EncapsulatedPixelData, Fragment } from '../instance-description.ts';

/** The fragments of each frame, in the order of the frames. */
export type FrameGroups = readonly (readonly Fragment[])[];

/** Bytes at the start of a fragment by which `groupByMarkers` tells that a frame begins there. */
export const markerLength = 12;

/** How codestreams begin: JPEG and JPEG-LS, JPEG 2000 (bare and in a file), JPEG XL (bare and in a file). */
const beginnings = ['ffd8ff', 'ff4fff51', '0000000c6a502020', 'ff0a', '0000000c4a584c20'];

/**
 * Deals out the fragments of encapsulated pixel data to its frames (PS3.5 annex A.4) by what the tables
 * and the count say. A table that does not fit the fragments is passed over.
 * @returns undefined where only the content of the fragments can tell
 */
export function groupByTables(
  pixelData: EncapsulatedPixelData,
  numberOfFrames: number,
): FrameGroups | undefined {
  const { fragments, extendedOffsetTable, basicOffsetTable } = pixelData;
  if (numberOfFrames === 1) return fragments.length === 0 ? undefined : [fragments];
  return (
    groupByOffsets(fragments, extendedOffsetTable, numberOfFrames) ??
    groupByOffsets(fragments, basicOffsetTable, numberOfFrames) ??
    (fragments.length === numberOfFrames ? fragments.map((fragment) => [fragment]) : undefined)
  );
}

/**
 * Deals out the fragments by where codestreams begin.
 * @param starts the first bytes of each fragment, `markerLength` of them where there are so many
 * @throws BrokerError `malformed-data-set` where that gives another number of frames than there are:
 * a frame must never be taken for another
 */
export function groupByMarkers(
  { fragments }: EncapsulatedPixelData,
  numberOfFrames: number,
  starts: readonly Uint8Array[],
): FrameGroups {
  const groups: Fragment[][] = [];
  fragments.forEach((fragment, index) => {
    const group = groups.at(-1);
    if (group === undefined || beginsFrame(starts[index])) groups.push([fragment]);
    else group.push(fragment);
  });
  if (groups.length === numberOfFrames && beginsFrame(starts[0])) return groups;
  throw new BrokerError(
    'malformed-data-set',
    `The pixel data has ${numberOfFrames} frames in ${fragments.length} fragments and no offset table that fits them: they cannot be told apart.`,
  );
}

/** Undefined where an offset is not that of a fragment, or there is not one for each frame. */
function groupByOffsets(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  numberOfFrames: number,
): FrameGroups | undefined {
  const [first] = fragments;
  if (first === undefined || offsets.length !== numberOfFrames || offsets[0] !== 0) return undefined;
  const indexAt = new Map(fragments.map(({ offset }, index) => [offset - first.offset, index]));
  const groups: (readonly Fragment[])[] = [];
  for (let frame = 0; frame < offsets.length; frame++) {
    const from = indexAt.get(offsets[frame]!);
    const to = frame + 1 < offsets.length ? indexAt.get(offsets[frame + 1]!) : fragments.length;
    if (from === undefined || to === undefined || to <= from) return undefined;
    groups.push(fragments.slice(from, to));
  }
  return groups;
}

function beginsFrame(start: Uint8Array | undefined): boolean {
  if (start === undefined) return false;
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString('hex');
  return beginnings.some((beginning) => text.startsWith(beginning));
}
