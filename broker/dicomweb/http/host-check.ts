import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/**
 * Refuses requests whose Host header names something else than this machine, where the listener is for
 * this machine only. A web page can have its own host name point to 127.0.0.1 and would then count as
 * the same origin (DNS rebinding); its requests still carry that name.
 * @param publicUrl of a proxy on this machine, which may pass its own name on; '' where there is none
 */
export function loopbackHostCheck(listenHost: string, publicUrl = ''): RequestHandler {
  const isLoopbackOnly = isLoopback(listenHost);
  const publicHost = publicUrl === '' ? undefined : hostName(new URL(publicUrl).host);
  return (request, _response, next) => {
    const name = hostName(request.headers.host ?? '');
    if (!isLoopbackOnly || isLoopback(name) || name.toLowerCase() === publicHost) {
      next();
      return;
    }
    next(
      new BrokerError(
        'bad-request',
        `The Host header names ${JSON.stringify(name.slice(0, 80))}, which is not this machine.`,
        {
          remedy:
            'Call the gateway by localhost or 127.0.0.1, or set http.host to the address that others reach it by (behind a proxy: http.public_url).',
        },
      ),
    );
  };
}

/** True for localhost, names under it, and loopback addresses. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** The host of a Host header, without port and brackets (RFC 9110 section 7.2). */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(header);
  if (bracketed !== null) return bracketed[1] ?? '';
  return header.replace(/:\d*$/, '');
}
