import * as z from 'zod';

/** `text` without surrounding space and without the brackets that an IPv6 address has in a URL. */
export function readHost(text: string): string {
  const name = text.trim();
  return name.startsWith('[') && name.endsWith(']') && name.includes(':') ? name.slice(1, -1) : name;
}

/** The hosts of a list that commas or spaces separate, in lower case. */
export function splitHosts(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => readHost(entry).toLowerCase());
}

/**
 * True for an IPv4 address, an IPv6 address (with a zone, as link-local ones need) or a host name.
 * Underscores are let through: container networks name hosts with them.
 */
export function isHost(text: string): boolean {
  if (text.length > 253) return false;
  if (text.includes(':')) return z.ipv6().safeParse(text.replace(/%[\w.-]+$/, '')).success;
  const labels = text.replace(/\.$/, '').split('.');
  // Names never end in a number (RFC 3696 section 2): what does is an address, or a mistyped one.
  if (/^\d+$/.test(labels.at(-1) ?? '')) return z.ipv4().safeParse(text).success;
  return labels.every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label));
}

/** A URL path without the slash at its end ('' for the root), or undefined where it is not path-safe. */
export function readUrlBase(text: string): string | undefined {
  const base = text.trim().replace(/\/$/, '');
  const segments = base.split('/').slice(1);
  const safe = segments.every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.{1,2}$/.test(segment));
  return base === '' || (base.startsWith('/') && safe) ? base : undefined;
}

/** True for a path that an operating system takes and that no shell left in quotation marks. */
export function isPath(text: string): boolean {
  const sized = text.length > 0 && text.length <= 4096;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return sized && !/[\x00-\x1f\x7f]/.test(text) && !/^(["']).*\1$/.test(text);
}
