import cors from 'cors';
import type { Request, RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';
import { originAllowance } from '../../config/allowed-origin.ts';

/** What viewers send beyond what any page may. */
const allowedHeaders = [
  ...['Accept', 'Accept-Language', 'Authorization', 'Cache-Control', 'Content-Type', 'If-None-Match'],
  ...['If-Modified-Since', 'If-Range', 'Pragma', 'Range', 'X-Requested-With'],
];
/** What they read of an answer beyond what any page may. */
const exposedHeaders = [
  ...['Accept-Ranges', 'Allow', 'Content-Disposition', 'Content-Encoding', 'Content-Length'],
  ...['Content-Location', 'Content-Range', 'ETag', 'Location', 'Retry-After', 'Warning', 'WWW-Authenticate'],
];
/** How long a browser may keep the answer to a preflight; Chromium takes no more than two hours. */
const maxAgeInSecs = 7200;

/**
 * Lets web pages of allowed origins, and of no others, read answers (the Fetch standard's CORS protocol),
 * and answers the preflights of their browsers. Requests of other pages get their answers without a
 * permission to read them.
 * @param methodsAt the methods that the path of a request takes
 */
export function crossOrigin(
  config: Pick<Config, 'http'>,
  methodsAt: (request: Request) => readonly string[],
): RequestHandler {
  const allowance = originAllowance(config);
  return (request, response, next) => {
    // Shared caches must not give one page the answer that another one got.
    response.vary('Origin');
    const { origin } = request.headers;
    const allowed = origin === undefined ? undefined : allowance(origin);
    if (origin === undefined || allowed === undefined) {
      next();
      return;
    }
    const isPreflight = isPreflightRequest(request);
    // A page on the network that asks for something on this machine (Private Network Access).
    if (isPreflight && request.headers['access-control-request-private-network'] === 'true') {
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    const isNamed = allowed === 'named';
    cors({
      origin: isNamed ? origin : '*',
      // Cookies of a proxy in front; never for pages that nobody has named.
      credentials: isNamed,
      methods: [...methodsAt(request)],
      allowedHeaders,
      exposedHeaders,
      maxAge: maxAgeInSecs,
      preflightContinue: !isPreflight,
    })(request, response, next);
  };
}

/** Other OPTIONS requests ask for capabilities (PS3.18 section 8.9). */
export function isPreflightRequest({ method, headers }: Request): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}
