/** How stored values become brightness (PS3.3 section C.11.2.1.3). */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** A window on the values that the modality LUT gives out. */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: VoiFunction;
}

/** A part of the image; a negative size turns it over on that axis. */
export interface Region {
  /** In pixels of the image, unless in parts of its width and height, 0 to 1. */
  readonly isRelative?: boolean;
  readonly x: number;
  readonly y: number;
  /** Undefined: up to the image's edge. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** The room that a picture has, which it fills in one direction (PS3.18 section 8.3.5.1.3). */
export interface Viewport {
  /** Undefined where only the other side is bounded; where neither is, pixels stay as they are. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly region?: Region;
}

export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';

/** What a client can ask of a picture. */
export interface PictureOptions {
  readonly mediaType: PictureType;
  /** Of lossy media types: 1 to 100. */
  readonly quality?: number;
  readonly window?: Window;
  readonly viewport?: Viewport;
  /** Overlay planes are drawn into the picture. */
  readonly overlays: boolean;
}

/** Where a client names no quality: differences that are hard to see at a third of the bytes of 100. */
export const defaultQuality = 90;
