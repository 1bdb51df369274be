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
 * all the way, works out only what lies within the window.
 */
export function grayTable(samples: SampleCodes, chain: GrayChain): Uint8Array {
  const { count, valueOf } = samples;
  const { modality, voi, isInverse, isPadding } = chain;
  const table = new Uint8Array(count);
  if (typeof modality === 'function' || typeof voi === 'function') {
    for (let code = 0; code < count; code++) {
      table[code] = grayOf(brightnessOf(voi, modalityValue(modality, valueOf(code))), isInverse);
    }
  } else {
    for (const half of halvesOf(samples)) fillLine(table, half, { samples, modality, voi, isInverse });
  }
  if (isPadding !== undefined) {
    for (let code = 0; code < count; code++) if (isPadding(valueOf(code))) table[code] = 0;
  }
  return table;
}

/** The codes of a frame as those of both signs: what they mean grows with them in each half. */
function halvesOf({ count }: SampleCodes): readonly CodeRange[] {
  return [
    { from: 0, to: count / 2 },
    { from: count / 2, to: count },
  ];
}

/** Codes from one up to another, which is left out. */
interface CodeRange {
  readonly from: number;
  readonly to: number;
}

interface Line {
  readonly samples: SampleCodes;
  readonly modality: Exclude<ModalityLut, (value: number) => number>;
  readonly voi: Exclude<VoiLut, (value: number) => number>;
  readonly isInverse: boolean;
}

/** What lies on one side of the window is all black, on the other all white. */
function fillLine(table: Uint8Array, range: CodeRange, { samples, modality, voi, isInverse }: Line): void {
  const { slope, intercept } = modality;
  const { low, high, origin, span, offset } = voi;
  const valueOf = (code: number): number => samples.valueOf(code) * slope + intercept;
  const rises = slope >= 0;
  const begin = firstCode(range, (code) => (rises ? valueOf(code) > low : valueOf(code) <= high));
  const end = firstCode(range, (code) => (rises ? valueOf(code) > high : valueOf(code) <= low));
  table.fill(grayOf(rises ? 0 : 1, isInverse), range.from, begin);
  for (let code = begin; code < end; code++) {
    table[code] = grayOf((valueOf(code) - origin) / span + offset, isInverse);
  }
  table.fill(grayOf(rises ? 1 : 0, isInverse), end, range.to);
}

/** The first code for which it holds, where it holds for all that follow; the end of the range for none. */
function firstCode({ from, to }: CodeRange, holds: (code: number) => boolean): number {
  let [before, after] = [from, to];
  while (before < after) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle + 1;
  }
  return before;
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
    // Their extremes are the first and last that occur in each half.
    for (const { from, to } of halvesOf({ codes, count, valueOf })) {
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
