import type { Config } from './config.ts';
import { namesOrigin, splitOrigins } from './origins.ts';

/** How an origin is allowed: by its own name, or since every one is. */
export type OriginAllowance = 'named' | 'any';

/** Says which origins web pages may have that read answers; those of other pages are undefined. */
export function originAllowance({
  http,
}: Pick<Config, 'http'>): (origin: string) => OriginAllowance | undefined {
  const entries = splitOrigins(http.allowedOrigins);
  const isAny = entries.includes('*');
  // A page that the proxy serves beside the gateway has the same origin: its requests need no permission.
  const own = http.publicUrl === '' ? [] : [new URL(http.publicUrl).origin];
  const named = [...entries.filter((entry) => entry !== '*'), ...own];
  return (origin) => {
    if (named.some((entry) => namesOrigin(entry, origin))) return 'named';
    return isAny ? 'any' : undefined;
  };
}

/**
 * True where a page of that origin may change something. A page of any other must not, not even without
 * reading the answer; what sends no Origin header is no page.
 */
export function isAllowedOrigin(config: Pick<Config, 'http'>): (origin: string | undefined) => boolean {
  const allowance = originAllowance(config);
  return (origin) => origin === undefined || allowance(origin) !== undefined;
}
