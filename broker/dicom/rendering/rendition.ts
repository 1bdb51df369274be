import type { Fragment } from '../bulk-value.ts';
import type { InstanceFile } from '../instance-file.ts';
import type { PictureOptions } from './rendering-options.ts';

/** What is to be made of an instance. */
export interface RenditionJob {
  readonly file: InstanceFile;
  /** Number from 1. Of several, the one that the instance names as representative comes before a place. */
  readonly frame: number | 'first' | 'middle';
  /** Media types that the client takes, those that it wants most first. */
  readonly mediaTypes: readonly string[];
  readonly picture: Omit<PictureOptions, 'mediaType'>;
  /** Path from the page to the studies, with a slash at its end, for links in documents; undefined for none. */
  readonly studies?: string | undefined;
  /** Where there is no picture: one that says what the instance is. */
  readonly icon?: boolean;
}

/** An instance, or a frame of it, in a media type that needs no DICOM (PS3.18 section 8.7.4). */
export type Rendition =
  | { readonly mediaType: string; readonly bytes: Uint8Array }
  /** What is a document or video already, in these places of the file. */
  | { readonly mediaType: string; readonly places: readonly Fragment[] };

/** Media types of pictures that can be made; the first is the default. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const;

/** Media types of reports; the first is the default. */
export const reportTypes = ['text/html', 'text/plain'] as const;

/** Media types of encapsulated documents that are given as they are. */
export const documentTypes = ['application/pdf', 'text/xml', 'model/stl', 'model/obj', 'model/mtl'] as const;

export const videoTypes = ['video/mpeg', 'video/mp4', 'video/H265'] as const;

/** Everything that an instance of some kind can be rendered to, defaults first. */
export const renderedTypes: readonly string[] = [
  ...pictureTypes,
  ...reportTypes,
  ...documentTypes,
  ...videoTypes,
];
