import type { Vr } from '../domain/vr.ts';
import type { ElementStart } from './element-handler.ts';

/** Attributes that PS3.6 gives "US or SS": which, says Pixel Representation (0028,0103). */
const usOrSs: ReadonlySet<number> = new Set([
  0x00189810, 0x00221452, 0x00280071, 0x00280104, 0x00280105, 0x00280106, 0x00280107, 0x00280108, 0x00280109,
  0x00280110, 0x00280111, 0x00280120, 0x00280121, 0x00281100, 0x00281101, 0x00281102, 0x00281103, 0x00281111,
  0x00281112, 0x00281113, 0x00283002, 0x00409211, 0x00409216, 0x00603004, 0x00603006,
]);

/**
 * The VR of an element in an explicit encoding: as it was written, or from the dictionary where the
 * encoding is implicit (there, pixel data, overlay, LUT and waveform data are OW: PS3.5 A.1).
 * @param isSigned Pixel Representation of the data set around the element is 1
 */
export function vrInContext({ tag, vr, layout }: ElementStart, isSigned: boolean): Vr {
  if (isSigned && !layout.explicitVr && vr === 'US' && usOrSs.has(tag)) return 'SS';
  return vr ?? 'UN';
}
