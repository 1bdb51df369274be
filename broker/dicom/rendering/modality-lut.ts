import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, numberOf } from './attribute-values.ts';
import { lookUp, lookupTable } from './lookup-table.ts';

/** Rescale Slope and Intercept. */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** From a stored value to one that means something: Hounsfield units, say. */
export type ModalityLut = Rescale | ((storedValue: number) => number);

/**
 * The Modality LUT of a frame (PS3.3 section C.11.1.1.2): its table, else Rescale Slope and Intercept, else
 * values as they are.
 * @param isSigned the stored values are signed
 */
export function modalityLut(attributes: DicomJson, isSigned: boolean): ModalityLut {
  const [item] = itemsOf(attributes, '00283000');
  const table = item === undefined ? undefined : lookupTable(item, isSigned);
  if (table !== undefined) return (value) => lookUp(table, value);
  const slope = numberOf(attributes, '00281053') ?? 1;
  // A slope of 0 would make all values one; some write it where they mean nothing by it.
  return { slope: slope === 0 ? 1 : slope, intercept: numberOf(attributes, '00281052') ?? 0 };
}

/** What a stored value means. */
export function modalityValue(modality: ModalityLut, storedValue: number): number {
  if (typeof modality === 'function') return modality(storedValue);
  return storedValue * modality.slope + modality.intercept;
}
