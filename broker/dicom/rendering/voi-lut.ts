import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, numbersOf, textOf } from './attribute-values.ts';
import { lookUp, lookupTable } from './lookup-table.ts';
import type { VoiFunction, Window } from './rendering-options.ts';

/** A straight line of brightness: 0 up to `low`, 1 above `high`, and `(value - origin) / span + offset` between. */
export interface Ramp {
  readonly low: number;
  readonly high: number;
  readonly origin: number;
  readonly span: number;
  readonly offset: number;
}

/** From a value of the modality LUT to brightness, 0 to 1: nearly always a line, which costs no call for each value. */
export type VoiLut = Ramp | ((value: number) => number);

/** The smallest and greatest of values. */
export interface ValueRange {
  readonly least: number;
  readonly most: number;
}

/**
 * The VOI LUT that a frame has of its own: its first table, else its first window.
 * @param canBeNegative the modality LUT gives out negative values: the first input of a table is signed then
 * @returns undefined where it has none that makes sense
 */
export function voiLut(attributes: DicomJson, canBeNegative: boolean): VoiLut | undefined {
  const [item] = itemsOf(attributes, '00283010');
  const table = item === undefined ? undefined : lookupTable(item, canBeNegative);
  if (table !== undefined) {
    const most = 2 ** table.bits - 1;
    return (value) => Math.min(1, lookUp(table, value) / most);
  }
  const window = windowOf(attributes);
  return window === undefined ? undefined : windowLut(window);
}

function windowOf(attributes: DicomJson): Window | undefined {
  const [center] = numbersOf(attributes, '00281050');
  const [width] = numbersOf(attributes, '00281051');
  if (center === undefined || width === undefined || !(width > 0)) return undefined;
  const named = textOf(attributes, '00281056').toUpperCase();
  const isKnown = named === 'LINEAR_EXACT' || named === 'SIGMOID';
  return { center, width, function: isKnown ? named : linearFor(width) };
}

/** LINEAR has no meaning for a width below 1 (PS3.3 section C.11.2.1.2.1). */
function linearFor(width: number): VoiFunction {
  return width < 1 ? 'LINEAR_EXACT' : 'LINEAR';
}

/** A window as PS3.3 section C.11.2.1.2.1 (LINEAR) and C.11.2.1.3 define it. */
export function windowLut({ center, width, function: shape }: Window): VoiLut {
  switch (shape) {
    case 'SIGMOID':
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'LINEAR_EXACT':
      return rampAround(center, width);
    case 'LINEAR':
      return rampAround(center - 0.5, width - 1);
  }
}

function rampAround(middle: number, span: number): Ramp {
  return { low: middle - span / 2, high: middle + span / 2, origin: middle, span, offset: 0.5 };
}

/** Spreads a range over all brightnesses; of a single value, black. */
export function rangeLut({ least, most }: ValueRange): VoiLut {
  const span = most - least;
  if (!(span > 0)) return () => 0;
  return { low: least, high: most, origin: least, span, offset: 0 };
}

/** The brightness of a value, 0 to 1. */
export function brightnessOf(voi: VoiLut, value: number): number {
  if (typeof voi === 'function') return voi(value);
  if (value <= voi.low) return 0;
  return value > voi.high ? 1 : (value - voi.origin) / voi.span + voi.offset;
}
