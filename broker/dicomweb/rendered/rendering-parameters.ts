import type {
  PictureOptions,
  Viewport,
  VoiFunction,
  Window,
} from '../../dicom/rendering/rendering-options.ts';
import { BrokerError } from '../../domain/errors.ts';

/** The query of a request as Express reads it. */
export type Query = Readonly<Record<string, unknown>>;

/** What a request asks of a picture (PS3.18 section 8.3.5). */
export interface RenderingParameters {
  readonly picture: Omit<PictureOptions, 'mediaType' | 'overlays'>;
  /** What was asked for and is not done, as full sentences. */
  readonly warnings: readonly string[];
}

/** Pixels on a side that a picture may be scaled to. */
export const greatestViewport = 8192;

const shapes: Readonly<Record<string, VoiFunction>> = {
  linear: 'LINEAR',
  'linear-exact': 'LINEAR_EXACT',
  sigmoid: 'SIGMOID',
};
const profiles = ['no', 'yes', 'srgb', 'adobergb', 'rommrgb'];

/**
 * Reads the parameters of a rendered resource.
 * @throws BrokerError `bad-request` naming the parameter and what is allowed
 */
export function parseRenderingParameters(query: Query): RenderingParameters {
  const window = parseWindow(valueOf(query, 'window'));
  const viewport = parseViewport(valueOf(query, 'viewport'));
  const quality = parseQuality(valueOf(query, 'quality'));
  return {
    picture: {
      ...(window === undefined ? {} : { window }),
      ...(viewport === undefined ? {} : { viewport }),
      ...(quality === undefined ? {} : { quality }),
    },
    warnings: [...annotationWarnings(query), ...profileWarnings(query)],
  };
}

/**
 * The room of a thumbnail (PS3.18 section 8.3.5.2), or undefined where the request does not say.
 * @throws BrokerError `bad-request` where it names a region too
 */
export function parseThumbnailViewport(
  query: Query,
): Required<Pick<Viewport, 'width' | 'height'>> | undefined {
  const value = valueOf(query, 'viewport');
  if (value !== undefined && value.split(',').length !== 2) {
    throw bad(
      'viewport',
      value,
      `width,height of 1 to ${greatestViewport} pixels; thumbnails have no region`,
    );
  }
  return parseViewport(value);
}

/** @throws BrokerError `bad-request` where the parameter stands there more than once */
export function valueOf(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new BrokerError('bad-request', `The ${name} parameter stands there more than once; once is allowed.`);
}

function parseWindow(value: string | undefined): Window | undefined {
  if (value === undefined) return undefined;
  const allowed =
    'center,width,function: two numbers and linear (of a width of 1 or more), linear-exact or sigmoid (of a width above 0)';
  const [center, width, shape = 'linear', ...rest] = value.split(',').map((part) => part.trim());
  const [middle, extent] = [decimal(center), decimal(width)];
  const named = shapes[shape.toLowerCase()];
  if (middle === undefined || extent === undefined || named === undefined || rest.length > 0) {
    throw bad('window', value, allowed);
  }
  if (!(extent > 0) || (named === 'LINEAR' && extent < 1)) throw bad('window', value, allowed);
  return { center: middle, width: extent, function: named };
}

function parseViewport(value: string | undefined): Viewport | undefined {
  if (value === undefined) return undefined;
  const allowed = `width,height of 1 to ${greatestViewport} pixels, and after them x,y,width,height of a region of the image, where a negative size turns it over and an empty one means all of it`;
  const parts = value.split(',').map((part) => part.trim());
  const [width, height] = [wholeNumber(parts[0]), wholeNumber(parts[1])];
  const isRoom = isSide(width) && isSide(height);
  if (!isRoom || parts.length > 6) throw bad('viewport', value, allowed);
  if (parts.length === 2) return { width, height };
  const [x, y, across, down] = [2, 3, 4, 5].map((index) => decimal(parts[index] ?? ''));
  const isRead = [x, y, across, down].every(
    (number, index) => number !== undefined || (parts[index + 2] ?? '') === '',
  );
  if (!isRead || (x ?? 0) < 0 || (y ?? 0) < 0 || across === 0 || down === 0) {
    throw bad('viewport', value, allowed);
  }
  return { width, height, region: { x: x ?? 0, y: y ?? 0, width: across, height: down } };
}

export function parseQuality(value: string | undefined, name = 'quality'): number | undefined {
  if (value === undefined) return undefined;
  const quality = wholeNumber(value.trim());
  if (quality === undefined || quality < 1 || quality > 100)
    throw bad(name, value, 'a whole number, 1 to 100');
  return quality;
}

/** No text is burned in: what is asked for is named, as PS3.18 section 8.3.5.1.1 wants it. */
export function annotationWarnings(query: Query): string[] {
  const value = valueOf(query, 'annotation');
  if (value === undefined || value === '') return [];
  if (!/^[\w-]+(,[\w-]+)*$/.test(value) || value.length > 200) {
    throw bad('annotation', value, 'patient, technique, or both with a comma between');
  }
  return [`The following annotation values are not supported: ${value}`];
}

function profileWarnings(query: Query): string[] {
  const value = valueOf(query, 'iccprofile');
  if (value === undefined || value === 'no') return [];
  if (!profiles.includes(value)) throw bad('iccprofile', value, profiles.join(', '));
  return ['The iccprofile parameter is not supported. The picture has no ICC profile.'];
}

function isSide(value: number | undefined): value is number {
  return value !== undefined && value >= 1 && value <= greatestViewport;
}

export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export function decimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?$/.test(text)) {
    return undefined;
  }
  return Number(text);
}

export function bad(name: string, value: string, allowed: string): BrokerError {
  return new BrokerError(
    'bad-request',
    `The ${name} parameter is ${JSON.stringify(value.slice(0, 80))}. Allowed is ${allowed}.`,
  );
}
