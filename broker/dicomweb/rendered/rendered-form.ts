import { pictureTypes, renderedTypes } from '../../dicom/rendering/rendition.ts';
import { BrokerError } from '../../domain/errors.ts';
import { type MediaRange, qualityOf } from '../http/accept.ts';

/** What a client accepts of a rendered resource (PS3.18 section 8.7.4). */
export interface RenderedForm {
  /** Those that it wants most first; where it wants them equally, as `renderedTypes` has them. */
  readonly mediaTypes: readonly string[];
  /** True where it takes a multipart message alone. */
  readonly isMultipart: boolean;
}

/**
 * Chooses among all that something can be rendered to, before it is known what that is.
 * @throws BrokerError `not-acceptable` where the client takes none of it
 */
export function chooseRenderedForm(
  ranges: readonly MediaRange[],
  types: readonly string[] = renderedTypes,
): RenderedForm {
  const wanted = types
    .map((type) => ({
      type,
      single: qualityOf({ type }, ranges),
      multipart: qualityOf({ type: 'multipart/related', parameters: { type } }, ranges),
    }))
    .map((offer) => ({ ...offer, quality: Math.max(offer.single, offer.multipart) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  if (wanted.length === 0) {
    throw new BrokerError(
      'not-acceptable',
      `The Accept header allows nothing that can be sent here: ${types.join(', ')}.`,
    );
  }
  return {
    mediaTypes: wanted.map(({ type }) => type),
    isMultipart: wanted.every(({ single }) => single === 0),
  };
}

/** The same for what is always a picture; the first of its media types is what is sent. */
export function choosePictureForm(ranges: readonly MediaRange[]): RenderedForm {
  return chooseRenderedForm(ranges, pictureTypes);
}
