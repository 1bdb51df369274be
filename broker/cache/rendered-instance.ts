import type { ImagingPool } from '../dicom/imaging/imaging-pool.ts';
import type { Rendition, RenditionJob } from '../dicom/rendering/rendition.ts';
import { toBrokerError } from '../domain/errors.ts';
import { UnreadableInstanceError } from './metadata.ts';
import type { StoredInstance } from './stored-instance.ts';

export interface RenderOptions {
  readonly imaging: ImagingPool;
  readonly instance: StoredInstance;
  readonly signal: AbortSignal;
}

/**
 * Renders a frame of a cached instance in an imaging thread.
 * @throws UnreadableInstanceError where the file is not what it was; BrokerError where it cannot be rendered
 */
export async function renderedInstance(
  { imaging, instance, signal }: RenderOptions,
  job: Omit<RenditionJob, 'file'>,
): Promise<Rendition> {
  const { path, size, dataSetOffset, transferSyntaxUid } = instance;
  const file = { path, size, dataSetOffset, transferSyntaxUid };
  try {
    return await imaging.run<'render'>({ kind: 'render', ...job, file }, { signal });
  } catch (error) {
    const { code, message } = toBrokerError(error);
    throw code === 'cache-damaged' ? new UnreadableInstanceError(instance, { code, message }) : error;
  }
}
