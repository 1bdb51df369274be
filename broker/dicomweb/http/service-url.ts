import type { Request } from 'express';
import { requestOrigin } from './request-origin.ts';

/**
 * Absolute URL, without a slash at its end, of the service in whose router a request is: of the mount
 * through which the client came, which is one of several.
 */
export function serviceUrl(request: Request): string {
  return `${requestOrigin(request)}${request.baseUrl}`;
}

/**
 * Absolute URL of another service under the same root.
 * @param bases paths of both under that root
 */
export function siblingServiceUrl(request: Request, bases: { own: string; sibling: string }): string {
  const url = serviceUrl(request);
  return `${url.slice(0, url.length - bases.own.length)}${bases.sibling}`;
}
