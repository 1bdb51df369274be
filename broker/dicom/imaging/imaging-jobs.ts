import { convertFrame } from '../codec/convert-frame.ts';
import { transcodeInstance } from '../codec/transcode-instance.ts';
import type { ImagingJob, ImagingKind, ImagingResult } from './imaging-protocol.ts';

type Runners = {
  readonly [Kind in ImagingKind]: (job: ImagingJob<Kind>) => Promise<ImagingResult<Kind>>;
};

/** What does each kind of job. */
const runners: Runners = {
  'convert-frame': convertFrame,
  'transcode-instance': transcodeInstance,
  // What renders is loaded by who renders.
  render: async (job) => (await import('../rendering/render-instance.ts')).renderInstance(job),
};

/**
 * Does one job, in the thread that it is called in.
 * @throws BrokerError what is wrong with the job, or with the image
 */
export function runImagingJob<Kind extends ImagingKind>(job: ImagingJob<Kind>): Promise<ImagingResult<Kind>> {
  const run = runners[job.kind] as (job: ImagingJob<Kind>) => Promise<ImagingResult<Kind>>;
  return run(job);
}
