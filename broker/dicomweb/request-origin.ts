import type { Request } from 'express';

/** A host name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
const hostForm = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;

/**
 * Scheme and authority under which the client reached us, for URLs in answers. A Host header of any other
 * form than an authority's is not repeated: the address that was connected to takes its place.
 */
export function requestOrigin(request: Request): string {
  const { host } = request.headers;
  if (host !== undefined && hostForm.test(host)) return `${request.protocol}://${host}`;
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `${request.protocol}://${address}:${localPort}`;
}
