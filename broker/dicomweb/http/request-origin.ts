import type { Application, Request } from 'express';

/** A host name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
const hostForm = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;
const setting = 'public url';

/** Has URLs in answers begin with what a proxy is reached by; '' leaves them as requests name the gateway. */
export function setPublicUrl(app: Application, publicUrl: string): void {
  app.set(setting, publicUrl);
}

/**
 * What URLs in answers begin with, before the path of the request: the public URL where there is one, which
 * may have a path of its own, else scheme and authority under which the client reached us. A Host header of
 * any other form than an authority's is not repeated: the address that was connected to takes its place.
 */
export function requestOrigin(request: Request): string {
  const publicUrl: unknown = request.app.get(setting);
  if (typeof publicUrl === 'string' && publicUrl !== '') return publicUrl;
  const { host } = request.headers;
  if (host !== undefined && hostForm.test(host)) return `${request.protocol}://${host}`;
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `${request.protocol}://${address}:${localPort}`;
}
