import { isUid } from '../../domain/uid.ts';
import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, textOf } from './attribute-values.ts';

/** Current Requested Procedure Evidence, Pertinent Other Evidence (PS3.3 section C.17.2). */
const evidenceSequences = ['0040A375', '0040A385'];

/** Paths of the instances that a document points at, by their UIDs: `{study}/series/{series}/instances/{instance}`. */
export function evidenceLinks(dataSet: DicomJson): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const sequence of evidenceSequences) {
    for (const study of itemsOf(dataSet, sequence)) {
      const studyUid = textOf(study, '0020000D');
      for (const series of itemsOf(study, '00081115')) {
        const seriesUid = textOf(series, '0020000E');
        for (const reference of itemsOf(series, '00081199')) {
          const instance = textOf(reference, '00081155');
          if ([studyUid, seriesUid, instance].every(isUid)) {
            links.set(instance, `${studyUid}/series/${seriesUid}/instances/${instance}`);
          }
        }
      }
    }
  }
  return links;
}
