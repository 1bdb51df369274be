/** Media types of compressed pixel data by the last part of the transfer syntax (PS3.18 table 8.7.3-5). */
const types: readonly (readonly [RegExp, string])[] = [
  [/^4\.(50|51|57|70)$/, 'image/jpeg'],
  [/^4\.8[01]$/, 'image/jls'],
  [/^4\.9[01]$/, 'image/jp2'],
  [/^4\.9[23]$/, 'image/jpx'],
  [/^4\.20[123]$/, 'image/jphc'],
  [/^4\.11[012]$/, 'image/jxl'],
  [/^5$/, 'image/dicom-rle'],
  [/^4\.10[01](\.1)?$/, 'video/mpeg'],
  [/^4\.10[2-8](\.1)?$/, 'video/mp4'],
];
const standard = '1.2.840.10008.1.2.';

/** The media type of pixel data in that transfer syntax, or undefined where the standard gives it none. */
export function compressedMediaType(transferSyntaxUid: string): string | undefined {
  if (!transferSyntaxUid.startsWith(standard)) return undefined;
  const end = transferSyntaxUid.slice(standard.length);
  return types.find(([form]) => form.test(end))?.[1];
}

/** True where the pixel data is one stream, and its frames are none of DICOM's. */
export function isVideo(transferSyntaxUid: string): boolean {
  return compressedMediaType(transferSyntaxUid)?.startsWith('video/') ?? false;
}
