import type { Shell } from 'electron';
import { namesOrigin, splitOrigins } from '../../broker/config/origins.ts';
import type { ControlClient } from './control-client.ts';

/**
 * Opens a link of the window in the person's browser, where its origin is allowed: nothing else leaves the
 * window, and nothing but http and https is handed to the system.
 * @param allowedOrigins besides those of this machine: entries as http.allowed_origins has them
 * @returns whether it was opened
 */
export async function openExternal(
  url: string,
  allowedOrigins: readonly string[],
  shell: Pick<Shell, 'openExternal'>,
): Promise<boolean> {
  if (!isAllowedLink(url, allowedOrigins)) return false;
  await shell.openExternal(new URL(url).href);
  return true;
}

/** The origins of the viewers that the gateway is set up for: their pages may read from it. */
export async function viewerOrigins(client: ControlClient, signal: AbortSignal): Promise<readonly string[]> {
  const { settings } = await client.settings.get(undefined, { signal });
  const value = settings.find(({ property }) => property === 'http.allowed_origins')?.value;
  return splitOrigins(String(value ?? ''));
}

export function isAllowedLink(text: string, allowedOrigins: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  // What stands before an @ can make an address look like another one.
  if (url.username !== '' || url.password !== '') return false;
  return isLoopback(url.hostname) || allowedOrigins.some((entry) => namesOrigin(entry, url.origin));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}
