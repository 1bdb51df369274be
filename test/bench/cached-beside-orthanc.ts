import { startFilledDcmqrscp, startFilledOrthanc } from './archives.ts';
import { withGateway } from './gateway-process.ts';
import type { BenchContext } from './measurement.ts';
import { checkStudyAnswer } from './multipart-check.ts';
import type { StudySet } from './study-sets.ts';

/** Roots of two DICOMweb services that hold the same study. */
export interface Roots {
  /** The gateway's, which has the study in its cache. */
  readonly ours: string;
  /** That of Orthanc's DICOMweb plugin, which has it in its store. */
  readonly orthanc: string;
}

/** Does the work with a gateway that has a study in its cache, and Orthanc with the same study beside it. */
export async function besideOrthanc<Result>(
  set: StudySet,
  { signal }: BenchContext,
  work: (roots: Roots) => Promise<Result>,
): Promise<Result> {
  await using filled = await startFilledDcmqrscp([set]);
  const { archive, destinations } = filled;
  await using orthanc = await startFilledOrthanc(set, signal);
  const options = { archive, destination: destinations.gateway, signal };
  return await withGateway(options, async ({ study, dicomWeb }) => {
    await checkStudyAnswer(study(set.studyUid), set, signal);
    return await work({ ours: dicomWeb, orthanc: orthanc.archive.dicomWebUrl });
  });
}

/** Path of an instance below a root. */
export function instancePath({ studyUid, instances }: StudySet, index: number): string {
  const { series, instance } = instances[index % instances.length] ?? { series: '', instance: '' };
  return `/studies/${studyUid}/series/${series}/instances/${instance}`;
}
