/** Any port of the host: `http://localhost:*`. */
const anyPort = ':*';

/** A scheme and an authority as browsers send them, in lower case, or with `*` for the port. */
const originForm =
  /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]{2,45}\])(:(\d{1,5}|\*))?$/;

/** The entries of a list of origins, which commas or spaces separate. */
export function splitOrigins(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** True for an entry of a list of allowed origins: an origin, with `*` for any port, `*` for all, or `null`. */
export function isOriginEntry(entry: string): boolean {
  return entry === '*' || entry === 'null' || originForm.test(entry);
}

/** True where an entry of the list, other than `*`, names the origin. */
export function namesOrigin(entry: string, origin: string): boolean {
  if (!entry.endsWith(anyPort)) return entry === origin;
  const host = entry.slice(0, -anyPort.length);
  return (
    origin === host || (origin.startsWith(`${host}:`) && /^\d{1,5}$/.test(origin.slice(host.length + 1)))
  );
}

/**
 * A URL under which others reach the gateway, without a slash at its end ('' for none), or undefined where
 * it is none: scheme http or https, a host, perhaps a port and a path, nothing else.
 */
export function readPublicUrl(text: string): string | undefined {
  const url = text.trim().replace(/\/$/, '');
  if (url === '') return url;
  if (!/^https?:\/\/[\w.:[\]-]+(\/(?!\.{1,2}(\/|$))[\w.~-]+)*$/i.test(url) || !URL.canParse(url))
    return undefined;
  const { origin, pathname } = new URL(url);
  return pathname === '/' ? origin : `${origin}${pathname}`;
}
