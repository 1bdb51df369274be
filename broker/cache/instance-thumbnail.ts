import type { Viewport } from '../dicom/rendering/rendering-options.ts';
import type { RenditionJob } from '../dicom/rendering/rendition.ts';
import { BrokerError } from '../domain/errors.ts';
import { renderedInstance, type RenderOptions } from './rendered-instance.ts';
import type { Thumbnail, ThumbnailStore } from './thumbnail-store.ts';

export interface ThumbnailForm {
  readonly mediaType: string;
  readonly frame: RenditionJob['frame'];
  readonly viewport: Viewport;
}

export interface ThumbnailOptions extends RenderOptions {
  readonly thumbnails: ThumbnailStore;
}

/** Where nobody says: what viewers have room for in their lists. */
export const defaultThumbnailViewport = { width: 128, height: 128 };

/** What tells pictures of one instance apart. */
export function thumbnailVariant({ mediaType, frame, viewport }: ThumbnailForm): string {
  return `${mediaType} ${frame} ${viewport.width ?? ''}x${viewport.height ?? ''}`;
}

/** What is to be made. Every instance has a thumbnail: where there is no picture, an icon that names the modality. */
export function thumbnailJob({
  mediaType,
  viewport,
}: Omit<ThumbnailForm, 'frame'>): Omit<RenditionJob, 'file' | 'frame'> {
  return { mediaTypes: [mediaType], picture: { viewport, overlays: false }, icon: true };
}

/**
 * The small picture of a cached instance, made where it is not kept from before, and kept then.
 * @throws as `renderedInstance`
 */
export async function instanceThumbnail(options: ThumbnailOptions, form: ThumbnailForm): Promise<Thumbnail> {
  const { thumbnails, instance } = options;
  const variant = thumbnailVariant(form);
  const kept = thumbnails.get(instance, variant);
  if (kept !== undefined) return kept;
  const made = await renderedInstance(options, { ...thumbnailJob(form), frame: form.frame });
  if (!('bytes' in made)) throw new BrokerError('internal', 'A thumbnail is no picture.');
  thumbnails.put(instance, variant, made);
  return made;
}
