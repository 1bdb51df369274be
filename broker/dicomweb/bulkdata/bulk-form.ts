import { BrokerError } from '../../domain/errors.ts';
import { type MediaOffer, type MediaRange, chooseOffer } from '../http/accept.ts';
import type { BulkContent } from './bulk-content.ts';

/** How bulk data is sent: the media type of its bytes, in a multipart message or alone. */
export interface BulkForm {
  readonly mediaType: string;
  readonly isMultipart: boolean;
}

const octetStream = 'application/octet-stream';

interface Offer extends MediaOffer {
  readonly form: BulkForm;
}

/**
 * The form that a client wants bulk data in (PS3.18 section 8.7.3.3), all of whose contents are alike.
 * A multipart message where it does not matter; one part alone only of one content.
 * @param isRanged the client asks for a range of bytes, which only a part alone has: where its media type
 *   does not matter either, it is that of the content, as a player in a web page needs it
 * @throws BrokerError `not-acceptable` that names what could be had
 */
export function chooseBulkForm(
  ranges: readonly MediaRange[],
  contents: readonly BulkContent[],
  isRanged = false,
): BulkForm {
  const [first] = contents;
  const types = [octetStream, ...(first?.mediaType === undefined ? [] : [first.mediaType])];
  const syntax = first === undefined ? {} : { 'transfer-syntax': first.transferSyntaxUid };
  const isAlone = contents.length === 1;
  const multipart: Offer[] = types.map((mediaType) => ({
    type: 'multipart/related',
    parameters: { type: mediaType, ...syntax },
    form: { mediaType, isMultipart: true },
  }));
  const alone: Offer[] = (isAlone ? types : []).map((mediaType) => ({
    type: mediaType,
    parameters: syntax,
    form: { mediaType, isMultipart: false },
  }));
  const offers = isRanged ? [...alone.toReversed(), ...multipart] : [...multipart, ...alone];
  const chosen = chooseOffer(ranges, offers);
  if (chosen !== undefined) return chosen.form;
  const named = offers.map(({ type, form }) =>
    form.isMultipart ? `multipart/related; type="${form.mediaType}"` : type,
  );
  throw new BrokerError(
    'not-acceptable',
    'The Accept header allows no form of the bulk data that can be sent here.',
    {
      remedy: `It can be had as ${named.join(', ')}; transfer-syntax=${first?.transferSyntaxUid ?? '*'}.`,
    },
  );
}
