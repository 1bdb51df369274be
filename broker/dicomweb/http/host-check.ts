import type { RequestHandler } from 'express';
import { hostInHeader, isLoopback } from '../../config/loopback.ts';
import { BrokerError } from '../../domain/errors.ts';

/**
 * Refuses requests whose Host header names something else than this machine, where the listener is for
 * this machine only. A web page can have its own host name point to 127.0.0.1 and would then count as
 * the same origin (DNS rebinding); its requests still carry that name.
 * @param publicUrl of a proxy on this machine, which may pass its own name on; '' where there is none
 */
export function loopbackHostCheck(listenHost: string, publicUrl = ''): RequestHandler {
  const isLoopbackOnly = isLoopback(listenHost);
  const publicHost = publicUrl === '' ? undefined : hostInHeader(new URL(publicUrl).host);
  return (request, _response, next) => {
    const name = hostInHeader(request.headers.host ?? '');
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
