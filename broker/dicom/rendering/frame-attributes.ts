import type { DicomJson } from '../dicom-json.ts';
import { itemsOf } from './attribute-values.ts';

const sharedGroups = '52009229';
const perFrameGroups = '52009230';

/** Functional groups that say how a frame is shown (PS3.3 sections C.7.6.16.2.1, .9 and .10). */
const macros = [
  '00289110', // Pixel Measures
  '00289145', // Pixel Value Transformation
  '00289132', // Frame VOI LUT
];

/**
 * The attributes that hold for one frame: those of the data set, where functional groups say something
 * else those of all frames, and before them those of the frame itself (PS3.3 section C.7.6.16).
 * @param frame number from 1
 */
export function frameAttributes(dataSet: DicomJson, frame: number): DicomJson {
  const shared = itemsOf(dataSet, sharedGroups)[0];
  const own = dataSet[perFrameGroups]?.Value?.[frame - 1] as DicomJson | null | undefined;
  let attributes = dataSet;
  for (const groups of [shared, own]) {
    if (groups === undefined || groups === null) continue;
    for (const macro of macros) attributes = { ...attributes, ...itemsOf(groups, macro)[0] };
  }
  return attributes;
}
