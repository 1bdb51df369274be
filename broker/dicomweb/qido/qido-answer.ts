import { studyInstanceUid, seriesInstanceUid, sopInstanceUid } from '../../archive/attribute-level.ts';
import { type QueryLevel, singleValue } from '../../archive/query.ts';
import type { DicomJson } from '../../dicom/dicom-json.ts';
import { vrOf } from '../../domain/dictionary.ts';
import type { Tag } from '../../domain/tag.ts';
import { retrieveUrl } from './qido-attributes.ts';

/**
 * An answer as QIDO-RS sends it: with Retrieve URL (PS3.18 table 10.6.3-3), and with every required
 * attribute, without a value where it is not known.
 * @param wadoBase absolute URL of the WADO-RS service, without a slash at its end
 */
export function qidoAnswer(
  answer: DicomJson,
  { level, required, wadoBase }: { level: QueryLevel; required: readonly Tag[]; wadoBase: string },
): DicomJson {
  const complete: DicomJson = { ...answer };
  for (const tag of required) complete[tag] ??= { vr: vrOf(tag) ?? 'UN' };
  const path = retrievePath(answer, level);
  if (path !== undefined) complete[retrieveUrl] = { vr: 'UR', Value: [`${wadoBase}${path}`] };
  return complete;
}

/** The path of the resource below the service; undefined where a UID is missing. */
function retrievePath(answer: DicomJson, level: QueryLevel): string | undefined {
  const study = singleValue(answer, studyInstanceUid);
  const series = singleValue(answer, seriesInstanceUid);
  const instance = singleValue(answer, sopInstanceUid);
  if (typeof study !== 'string') return undefined;
  if (level === 'study') return `/studies/${study}`;
  if (typeof series !== 'string') return undefined;
  if (level === 'series') return `/studies/${study}/series/${series}`;
  if (typeof instance !== 'string') return undefined;
  return `/studies/${study}/series/${series}/instances/${instance}`;
}
