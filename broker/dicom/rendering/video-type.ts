/** MPEG-2, H.264 and H.265 among the transfer syntaxes (PS3.5 A.4.5 to A.4.8), fragmentable ones included. */
const video: readonly (readonly [RegExp, string])[] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.10[01](\.1)?$/, 'video/mpeg'],
  [/^1\.2\.840\.10008\.1\.2\.4\.10[2-6](\.1)?$/, 'video/mp4'],
  [/^1\.2\.840\.10008\.1\.2\.4\.10[78]$/, 'video/H265'],
];

/** The media type of pixel data of that transfer syntax (PS3.18 table 8.7.3-5), undefined where it is no video. */
export function videoType(transferSyntaxUid: string): string | undefined {
  return video.find(([pattern]) => pattern.test(transferSyntaxUid))?.[1];
}
