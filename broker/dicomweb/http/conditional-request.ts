import type { Request, Response } from 'express';

/** How long a viewer may use what it has without asking again; images of an instance never change. */
const revalidate = 'private, no-cache';

/**
 * Names the state of a representation, and answers 304 where the client has it already
 * (RFC 9110 section 13.1.2).
 * @param tag differs wherever the bytes that would be sent differ; printable ASCII without quotes
 * @returns true where the answer is complete
 */
export function answerNotModified(request: Request, response: Response, tag: string): boolean {
  const entityTag = `"${tag}"`;
  response.setHeader('ETag', entityTag);
  response.setHeader('Cache-Control', revalidate);
  const wanted = request.headers['if-none-match'];
  if (wanted === undefined || !matches(wanted, entityTag)) return false;
  response.status(304).end();
  return true;
}

/** Weak comparison: what compresses the answer on its way may have marked the tag as weak. */
function matches(ifNoneMatch: string, entityTag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((element) => element.trim().replace(/^W\//, '') === entityTag);
}
