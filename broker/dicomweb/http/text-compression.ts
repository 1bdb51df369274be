import { constants } from 'node:zlib';
import compression from 'compression';
import type { RequestHandler, Response } from 'express';
import { writableAsBefore } from './writable-as-before.ts';

/** Below this a compressed answer is hardly shorter. */
const thresholdBytes = 1024;
/** 256 KiB of window instead of 4 MiB: a hundred answers may be under way at once. */
const brotliWindowBits = 18;

/** Text of any kind; `multipart/related` only with parts of XML. */
const textForm =
  /^(text\/|application\/(json|xml|javascript)\b|application\/[\w.-]+\+(json|xml)\b|image\/svg\+xml\b|multipart\/related;.*type="?application\/dicom\+xml)/i;

/**
 * Compresses answers of text as the client accepts it. What they are is known with their first byte only:
 * until then nothing is changed, and an answer of anything else is written by Node's own methods, as fast
 * and with the same callbacks as without this.
 */
export function textCompression(): RequestHandler {
  const compress = compression({
    threshold: thresholdBytes,
    filter: () => true,
    brotli: { params: { [constants.BROTLI_PARAM_LGWIN]: brotliWindowBits } },
  });
  return (request, response, next) => {
    if (request.method === 'HEAD' || request.headers['accept-encoding'] === undefined) {
      next();
      return;
    }
    const decide = (): void => {
      // Uncovers the prototype's methods: nothing stays between once it is decided.
      Reflect.deleteProperty(response, 'write');
      Reflect.deleteProperty(response, 'end');
      if (response.headersSent || !isText(response)) return;
      weakenEntityTag(response);
      compress(request, response, () => undefined);
      writableAsBefore(response);
    };
    response.write = ((...args: Parameters<Response['write']>) => {
      decide();
      return response.write(...args);
    }) as Response['write'];
    response.end = ((...args: Parameters<Response['end']>) => {
      decide();
      return response.end(...args);
    }) as Response['end'];
    next();
  };
}

function isText(response: Response): boolean {
  return textForm.test(String(response.getHeader('Content-Type') ?? ''));
}

/** The bytes differ by what each client accepts: they are equivalent, not equal (RFC 9110 section 8.8.3). */
function weakenEntityTag(response: Response): void {
  const tag = response.getHeader('ETag');
  if (typeof tag === 'string' && !tag.startsWith('W/')) response.setHeader('ETag', `W/${tag}`);
}
