import { canDecode } from '../../dicom/codec/decode-frame.ts';
import { canEncode, losslessSyntaxes } from '../../dicom/codec/encode-frame.ts';
import { BrokerError } from '../../domain/errors.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { type MediaRange, qualityOf } from '../http/accept.ts';
import { compressedMediaType } from '../retrieve/compressed-media-type.ts';

/** How frames are sent. */
export interface FrameForm {
  /** Of one frame: application/octet-stream, image/jls. */
  readonly mediaType: string;
  /** In which the frames are sent; Explicit VR Little Endian stands for all that is not compressed. */
  readonly transferSyntaxUid: string;
  /** One body instead of a multipart message. */
  readonly isSinglePart: boolean;
}

const octets = 'application/octet-stream';

/** The transfer syntax of native frames of any native syntax: what is sent of them is the same. */
export function frameSyntaxOf(transferSyntaxUid: string): string {
  return encodingOf(transferSyntaxUid).encapsulated ? transferSyntaxUid : explicitVrLittleEndian;
}

/**
 * Chooses the form that a client wants most of frames (PS3.18 sections 8.7.3.3 and 8.7.7). Of those that it
 * wants equally, that one goes first in which the frames are stored.
 * @param storedSyntax transfer syntax of the instance
 * @param canBeSingle there is one frame
 * @throws BrokerError `not-acceptable` that says what can be had
 */
export function chooseFrameForm(
  ranges: readonly MediaRange[],
  storedSyntax: string,
  canBeSingle: boolean,
): FrameForm {
  const stored = frameSyntaxOf(storedSyntax);
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .flatMap((range) => formsOf(range, stored).map((form) => ({ ...form, quality: range.quality })))
    .filter((form) => isPossible(form, stored) && (canBeSingle || !form.isSinglePart))
    .filter((form) => qualityOf(offerOf(form), ranges) > 0);
  const best = Math.max(0, ...wanted.map(({ quality }) => quality));
  const equals = wanted.filter(({ quality }) => quality === best);
  const chosen = equals.find(({ transferSyntaxUid }) => transferSyntaxUid === stored) ?? equals[0];
  if (chosen === undefined) throw notAcceptable(stored, canBeSingle);
  const { mediaType, transferSyntaxUid, isSinglePart } = chosen;
  return { mediaType, transferSyntaxUid, isSinglePart };
}

/** The forms that a media range stands for, wildcards filled in. */
function formsOf({ type, parameters }: MediaRange, stored: string): FrameForm[] {
  const isSinglePart = !/^(\*\/\*|multipart\/(related|\*))$/.test(type);
  const inner = isSinglePart ? type : (parameters.get('type') ?? octets).toLowerCase();
  const syntax = parameters.get('transfer-syntax');
  return mediaTypesOf(inner, stored).flatMap((mediaType) =>
    syntaxesOf(mediaType, syntax, stored).map((transferSyntaxUid) => ({
      mediaType,
      transferSyntaxUid,
      isSinglePart,
    })),
  );
}

function mediaTypesOf(inner: string, stored: string): string[] {
  if (inner === '*/*' || inner === 'application/*') return [octets];
  if (inner !== 'image/*') return [inner];
  const own = compressedMediaType(stored);
  const others = losslessSyntaxes.map((syntax) => compressedMediaType(syntax));
  return [...new Set([own, ...others])].filter((media) => media?.startsWith('image/') === true) as string[];
}

/**
 * The syntaxes that a media type with that parameter allows. Without one, octets are uncompressed, and an
 * image is as it is stored, else in the lossless form of its type (PS3.18 tables 8.7.3-4 and 8.7.3-5). What
 * nobody can decompress is sent as it is stored rather than not at all.
 */
function syntaxesOf(mediaType: string, syntax: string | undefined, stored: string): string[] {
  const isOctets = mediaType === octets;
  const fits = (uid: string): boolean => isOctets || compressedMediaType(uid) === mediaType;
  if (syntax !== undefined && syntax !== '*') return fits(syntax) ? [syntax] : [];
  if (isOctets) return [syntax === '*' || !canDecode(stored) ? stored : explicitVrLittleEndian];
  return fits(stored) ? [stored] : losslessSyntaxes.filter(fits).slice(0, 1);
}

function isPossible({ transferSyntaxUid: target }: FrameForm, stored: string): boolean {
  if (target === stored) return true;
  return canDecode(stored) && (target === explicitVrLittleEndian || canEncode(target));
}

function offerOf({ mediaType, transferSyntaxUid, isSinglePart }: FrameForm): {
  type: string;
  parameters: Record<string, string>;
} {
  const syntax = { 'transfer-syntax': transferSyntaxUid };
  return isSinglePart
    ? { type: mediaType, parameters: syntax }
    : { type: 'multipart/related', parameters: { type: mediaType, ...syntax } };
}

function notAcceptable(stored: string, canBeSingle: boolean): BrokerError {
  const own = compressedMediaType(stored);
  const types = [
    `multipart/related; type="${octets}"; transfer-syntax=* (as stored, which is ${stored})`,
    ...(own === undefined ? [] : [`multipart/related; type="${own}"`]),
    ...(canDecode(stored)
      ? [
          `multipart/related; type="${octets}" (uncompressed)`,
          'image/jls, image/jp2, image/jphc, image/dicom-rle',
        ]
      : []),
  ];
  return new BrokerError(
    'not-acceptable',
    'The Accept header allows no form in which these frames can be sent.',
    {
      remedy: `They can be had as ${types.join(', ')}; ${canBeSingle ? 'each also as a single part' : 'a single part is for one frame only'}.`,
    },
  );
}
