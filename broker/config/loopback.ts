import { isIP } from 'node:net';

/** True for localhost, names under it, and loopback addresses. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** The host of a Host header, without port and brackets (RFC 9110 section 7.2). */
export function hostInHeader(header: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(header);
  if (bracketed !== null) return bracketed[1] ?? '';
  return header.replace(/:\d*$/, '');
}
