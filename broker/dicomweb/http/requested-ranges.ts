import type { Request } from 'express';
import { acceptedRanges, type MediaRange } from './accept.ts';

/** The media ranges that a request asks for, by its query parameter or its Accept header. */
export function requestedRanges(request: Request): MediaRange[] {
  const { accept } = request.query;
  return acceptedRanges(request.headers.accept, typeof accept === 'string' ? accept : undefined);
}
