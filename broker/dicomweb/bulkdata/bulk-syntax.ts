import { encodingOf, explicitVrLittleEndian, transferSyntaxOf } from '../../domain/transfer-syntax.ts';
import { parseAccept } from '../http/accept.ts';

/** Transfer syntax of compressed pixel data where its media type does not name one (PS3.18 tables 8.7.3-2 to 8.7.3-5). */
const defaults: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', '1.2.840.10008.1.2.4.70'],
  ['image/dicom-rle', '1.2.840.10008.1.2.5'],
  ['image/jls', '1.2.840.10008.1.2.4.80'],
  ['image/jp2', '1.2.840.10008.1.2.4.90'],
  ['image/jpx', '1.2.840.10008.1.2.4.92'],
  ['image/jphc', '1.2.840.10008.1.2.4.201'],
  ['image/jxl', '1.2.840.10008.1.2.4.110'],
  ['video/mpeg', '1.2.840.10008.1.2.4.100'],
  ['video/mpeg2', '1.2.840.10008.1.2.4.100'],
  ['video/mp4', '1.2.840.10008.1.2.4.102'],
]);

/**
 * The transfer syntax of an instance whose pixel data comes with that Content-Type: Explicit VR Little Endian
 * where it is not compressed. Undefined where the type names a syntax that pixel data cannot have.
 */
export function bulkSyntax(contentType: string | undefined): string | undefined {
  const [range] = parseAccept(contentType);
  if (range === undefined) return explicitVrLittleEndian;
  const named = range.parameters.get('transfer-syntax');
  if (named === undefined) return defaults.get(range.type) ?? explicitVrLittleEndian;
  if (transferSyntaxOf(named) === undefined) return undefined;
  const encoding = encodingOf(named);
  if (encoding.encapsulated) return named;
  // Bytes of pixels are the same in all uncompressed syntaxes but Big Endian.
  return encoding.bigEndian || encoding.deflated ? undefined : explicitVrLittleEndian;
}

/** True for syntaxes in which all frames are one stream. */
export function isVideo(transferSyntax: string): boolean {
  return /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/.test(transferSyntax);
}
