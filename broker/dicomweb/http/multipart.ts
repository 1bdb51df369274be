import { randomUUID } from 'node:crypto';

/** What stands in front of a part's bytes. */
export interface PartHeader {
  /** Such as `application/dicom; transfer-syntax=1.2.840.10008.1.2.1`. */
  readonly contentType: string;
  /** Bytes of the part, where they are known. */
  readonly length?: number;
  readonly location?: string;
}

/** A boundary that no part can contain but by a chance of 1 in 2^122 (RFC 2046 section 5.1.1). */
export function newBoundary(): string {
  return randomUUID().replaceAll('-', '');
}

/** The Content-Type of a multipart/related message whose parts are of `type` (RFC 2387). */
export function multipartContentType(type: string, boundary: string): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`;
}

/**
 * The delimiter and header of a part, up to its first byte. The field is spelt `Content-Type:` and comes
 * first: some viewers look for just that.
 * @param isFirst the message begins with it, without a line end before the delimiter
 */
export function partStart(boundary: string, header: PartHeader, isFirst: boolean): string {
  const lines = [`--${boundary}`, `Content-Type: ${header.contentType}`];
  if (header.length !== undefined) lines.push(`Content-Length: ${header.length}`);
  if (header.location !== undefined) lines.push(`Content-Location: ${header.location}`);
  return `${isFirst ? '' : '\r\n'}${lines.join('\r\n')}\r\n\r\n`;
}

/** What ends a message of at least one part. */
export function multipartEnd(boundary: string): string {
  return `\r\n--${boundary}--\r\n`;
}

/** Bytes of a whole message, for its Content-Length; every part states its length. */
export function multipartLength(
  boundary: string,
  parts: readonly (PartHeader & { readonly length: number })[],
): number {
  let length = multipartEnd(boundary).length;
  parts.forEach((part, index) => {
    length += Buffer.byteLength(partStart(boundary, part, index === 0)) + part.length;
  });
  return length;
}
