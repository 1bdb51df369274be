import type { RequestHandler } from 'express';
import { hostInHeader, isLoopback } from '../../config/loopback.ts';
import { BrokerError } from '../../domain/errors.ts';

/**
 * Refuses requests whose Host header names something else than this machine, the address that was connected
 * to, or one of `allowedHosts`. A web page can have its own host name point here and would then count as the
 * same origin (DNS rebinding); its requests still carry that name. An address cannot be pointed elsewhere.
 * @param allowedHosts names without port, in any case
 */
export function hostCheck(allowedHosts: readonly string[]): RequestHandler {
  const names = new Set(allowedHosts.map((name) => name.toLowerCase()));
  return (request, _response, next) => {
    const name = hostInHeader(request.headers.host ?? '').toLowerCase();
    if (isLoopback(name) || names.has(name) || isOwnAddress(name, request.socket.localAddress)) {
      next();
      return;
    }
    next(
      new BrokerError(
        'forbidden',
        `The Host header names ${JSON.stringify(name.slice(0, 80))}, which this gateway is not known by.`,
        {
          remedy:
            'Call it by localhost, 127.0.0.1 or its address, or add the name to the setting control.allowed_hosts.',
        },
      ),
    );
  };
}

function isOwnAddress(name: string, localAddress: string | undefined): boolean {
  // An IPv6 socket tells the address of an IPv4 peer in its mapped form (RFC 4291 section 2.5.5.2).
  return localAddress !== undefined && name === localAddress.replace(/^::ffff:/, '').toLowerCase();
}
