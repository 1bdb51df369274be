import { GrowingRange } from './growing-range.ts';
import { type ModalityLut, modalityValue } from './modality-lut.ts';
import type { IsPadding } from './pixel-padding.ts';
import type { SampleCodes } from './stored-values.ts';
import { brightnessOf, type ValueRange, type VoiLut } from './voi-lut.ts';

/** What makes a gray of a stored value. */
export interface GrayChain {
  readonly modality: ModalityLut;
  readonly voi: VoiLut;
  readonly isInverse: boolean;
  /** Padding is black. */
  readonly isPadding: IsPadding | undefined;
}

/** A brightness of 0 to 1 in 8 bits. */
export function grayOf(brightness: number, isInverse: boolean): number {
  return Math.round((isInverse ? 1 - brightness : brightness) * 255);
}

/**
 * The gray of each code. There are as many codes as a fair-sized image has pixels, so the usual case, lines
 * all the way, is a loop without a call.
 */
export function grayTable({ count, valueOf }: SampleCodes, chain: GrayChain): Uint8Array {
  const { modality, voi, isInverse, isPadding } = chain;
  const table = new Uint8Array(count);
  if (typeof modality === 'function' || typeof voi === 'function') {
    for (let code = 0; code < count; code++) {
      table[code] = grayOf(brightnessOf(voi, modalityValue(modality, valueOf(code))), isInverse);
    }
  } else {
    const { slope, intercept } = modality;
    const { low, high, origin, span, offset } = voi;
    for (let code = 0; code < count; code++) {
      const value = valueOf(code) * slope + intercept;
      const brightness = value <= low ? 0 : value > high ? 1 : (value - origin) / span + offset;
      table[code] = Math.round((isInverse ? 1 - brightness : brightness) * 255);
    }
  }
  if (isPadding !== undefined) {
    for (let code = 0; code < count; code++) if (isPadding(valueOf(code))) table[code] = 0;
  }
  return table;
}

/** The range of what the samples mean that are no padding. */
export function occurringRange(
  { codes, count, valueOf }: SampleCodes,
  modality: ModalityLut,
  isPadding: IsPadding | undefined,
): ValueRange {
  const occurs = new Uint8Array(count);
  for (let at = 0; at < codes.length; at++) occurs[codes[at]!] = 1;
  const range = new GrowingRange();
  if (typeof modality !== 'function' && isPadding === undefined) {
    // Values grow with the codes in each half of them: their extremes are the first and last that occur there.
    for (const [from, to] of [
      [0, count / 2],
      [count / 2, count],
    ] as const) {
      const first = occurs.indexOf(1, from);
      if (first < 0 || first >= to) continue;
      const last = occurs.lastIndexOf(1, to - 1);
      range.take(modalityValue(modality, valueOf(first)));
      range.take(modalityValue(modality, valueOf(last)));
    }
    return range;
  }
  for (let code = 0; code < count; code++) {
    if (occurs[code] === 1 && isPadding?.(valueOf(code)) !== true) {
      range.take(modalityValue(modality, valueOf(code)));
    }
  }
  return range;
}
