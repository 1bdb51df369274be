import type { Shell } from 'electron';

/**
 * Opens a link of the window in the person's browser, where its origin is allowed: nothing else leaves the
 * window, and nothing but http and https is handed to the system.
 * @param allowedOrigins of this machine's services and of the viewers that are configured
 * @returns whether it was opened
 */
export async function openExternal(
  url: string,
  allowedOrigins: ReadonlySet<string>,
  shell: Pick<Shell, 'openExternal'>,
): Promise<boolean> {
  if (!isAllowedLink(url, allowedOrigins)) return false;
  await shell.openExternal(new URL(url).href);
  return true;
}

export function isAllowedLink(text: string, allowedOrigins: ReadonlySet<string>): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  // What stands before an @ can make an address look like another one.
  if (url.username !== '' || url.password !== '') return false;
  return isLoopback(url.hostname) || allowedOrigins.has(url.origin);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}
