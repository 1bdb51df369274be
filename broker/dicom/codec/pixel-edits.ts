import type { EditedValue } from '../data-set-edits.ts';
import type { PixelDescription } from '../pixel-description.ts';

const photometricInterpretation = 0x00280004;
const planarConfiguration = 0x00280006;
const highBit = 0x00280102;

/** What changes in a data set whose pixels were of one description and are of another now. */
export function pixelEdits(from: PixelDescription, to: PixelDescription): Map<number, EditedValue> {
  const edits = new Map<number, EditedValue>();
  if (to.photometricInterpretation !== from.photometricInterpretation) {
    const value = to.photometricInterpretation;
    const bytes = Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1');
    edits.set(photometricInterpretation, { vr: 'CS', bytes });
  }
  if (to.samplesPerPixel > 1 && to.planarConfiguration !== from.planarConfiguration) {
    edits.set(planarConfiguration, shortNumber(to.planarConfiguration));
  }
  if (to.highBit !== from.highBit) edits.set(highBit, shortNumber(to.highBit));
  return edits;
}

function shortNumber(value: number): EditedValue {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return { vr: 'US', bytes };
}
