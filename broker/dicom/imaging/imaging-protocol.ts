import type { ErrorCode } from '../../domain/errors.ts';
import type { ConvertedFrame, FrameToConvert } from '../codec/convert-frame.ts';
import type { InstanceToTranscode, TranscodedInstance } from '../codec/transcode-instance.ts';
import type { Rendition, RenditionJob } from '../rendering/rendition.ts';

/** Every kind of job that a worker does: what it is given, and what it gives back. */
export interface ImagingKinds {
  /** One frame into another transfer syntax. */
  readonly 'convert-frame': { readonly job: FrameToConvert; readonly result: ConvertedFrame };
  /** A whole instance into another transfer syntax, as a file. */
  readonly 'transcode-instance': { readonly job: InstanceToTranscode; readonly result: TranscodedInstance };
  /** An instance, or a frame of it, into a picture, a page or a document. */
  readonly render: { readonly job: RenditionJob; readonly result: Rendition };
}

export type ImagingKind = keyof ImagingKinds;

/** A job by its kind. Large buffers in it are transferred: they are of no more use to who hands them over. */
export type ImagingJob<Kind extends ImagingKind = ImagingKind> = {
  [Each in Kind]: { readonly kind: Each } & ImagingKinds[Each]['job'];
}[Kind];

export type ImagingResult<Kind extends ImagingKind> = ImagingKinds[Kind]['result'];

/** What a worker is told before its first job that needs a codec; undefined where none could be compiled. */
export interface CodecsMessage {
  readonly codecs: WebAssembly.Module | undefined;
}

/** What a worker answers to a job. */
export type ImagingAnswer =
  | { readonly result: ImagingResult<ImagingKind> }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

/** Smaller buffers are copied: they may lie in one that Node shares out. */
const leastToTransfer = 16 * 1024;

/**
 * The buffers of a message that are transferred instead of copied: those that a view in it fills. Looks one
 * level deep.
 */
export function transferList(message: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const value of Object.values(message) as unknown[]) {
    if (!ArrayBuffer.isView(value) || !(value.buffer instanceof ArrayBuffer)) continue;
    const isWhole = value.byteLength === value.buffer.byteLength;
    if (isWhole && value.byteLength >= leastToTransfer) buffers.add(value.buffer);
  }
  return [...buffers];
}
