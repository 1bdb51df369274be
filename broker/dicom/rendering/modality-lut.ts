import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, numberOf } from './attribute-values.ts';
import { lookUp, lookupTable } from './lookup-table.ts';

/** From a stored value to one that means something: Hounsfield units, say. */
export type ModalityLut = (storedValue: number) => number;

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
  const intercept = numberOf(attributes, '00281052') ?? 0;
  // A slope of 0 would make all values one; some write it where they mean nothing by it.
  if (slope === 0 || (slope === 1 && intercept === 0))
    return (value) => value + (slope === 0 ? intercept : 0);
  return (value) => value * slope + intercept;
}
