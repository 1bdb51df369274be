import { originAllowance } from '../../config/allowed-origin.ts';
import { isLoopback } from '../../config/loopback.ts';
import { isOriginEntry } from '../../config/origins.ts';
import type { GatewayParts } from '../control-services.ts';
import type { OriginCheck } from '../contract/viewers.ts';
import { endpointUrl } from './service-urls.ts';

/** What a person typed, as the origin that it stands for, or why it is none. */
type ReadOrigin = { readonly origin: string; readonly note: string } | { readonly wrong: string };

/** Whether pages of an origin may read and store, in plain words; of what is no origin, what is wrong with it. */
export function checkViewerOrigin(
  parts: Pick<GatewayParts, 'config' | 'addresses'>,
  typed: string,
): OriginCheck {
  const read = readOrigin(typed.trim());
  if ('wrong' in read) return { origin: typed, mayRead: false, mayStore: false, explanation: read.wrong };
  const { origin, note } = read;
  const allowed = originAllowance(parts.config)(origin);
  if (allowed === undefined) {
    const explanation = `Pages of ${nameOf(origin)} may not read and not store: no entry of http.allowed_origins names ${origin === 'null' ? 'null' : 'this origin'}. Browsers keep the answers from them.`;
    return {
      origin,
      mayRead: false,
      mayStore: false,
      explanation: joined(note, explanation, warningOf(origin)),
      entryToAdd: origin,
    };
  }
  const how =
    allowed === 'named'
      ? 'an entry of http.allowed_origins names it, or it is where the gateway itself is'
      : 'http.allowed_origins allows every page with *. Cookies of a proxy are not sent for it; name the origin if they are needed';
  return {
    origin,
    mayRead: true,
    mayStore: true,
    explanation: joined(
      note,
      `Pages of ${nameOf(origin)} may read and store: ${how}.`,
      mixedContent(origin, endpointUrl(parts)),
    ),
  };
}

function readOrigin(typed: string): ReadOrigin {
  if (typed === '') return { wrong: 'Type the address of the viewer, such as https://viewer.example.org.' };
  if (typed.toLowerCase() === 'null') return { origin: 'null', note: '' };
  if (typed === '*') {
    return {
      wrong:
        'An asterisk is no origin: as an entry of http.allowed_origins it lets pages of every origin in.',
    };
  }
  if (/^file:/i.test(typed)) {
    return { origin: 'null', note: 'A page that was opened from a file has the origin null.' };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) {
    const guess = URL.canParse(`https://${typed}`) ? new URL(`https://${typed}`).origin : undefined;
    const example = guess === undefined || guess === 'null' ? 'https://viewer.example.org' : guess;
    return {
      wrong: `An origin begins with http:// or https://. If the address bar of the viewer begins with https://, it is ${example}.`,
    };
  }
  return ofAddress(typed);
}

function ofAddress(typed: string): ReadOrigin {
  const isWeb = /^https?:/i.test(typed);
  const url = URL.parse(typed);
  // A browser's own pages have schemes of which URL knows no origin: the scheme and host are it.
  const other = /^[^/]+:\/\/[^/?#]*/.exec(typed)?.[0].toLowerCase();
  const origin = isWeb ? url?.origin : other;
  if (origin === undefined || origin === 'null' || origin.includes('*') || !isOriginEntry(origin)) {
    return {
      wrong:
        'This is not the address of a page. An origin is a scheme and a host, perhaps with a port: https://viewer.example.org or http://localhost:3000.',
    };
  }
  const isWhole = typed.toLowerCase().replace(/\/$/, '') === origin;
  return { origin, note: isWhole ? '' : `The origin of that address is ${origin}.` };
}

function nameOf(origin: string): string {
  return origin === 'null' ? 'files and other pages without an origin' : origin;
}

function warningOf(origin: string): string {
  if (origin !== 'null') return '';
  return 'The entry null lets every page in that has no origin, wherever it comes from: better serve the viewer by HTTP and name that origin.';
}

/** Browsers let a page that came by HTTPS load by HTTP from this machine only. */
function mixedContent(origin: string, endpoint: string): string {
  const { protocol, hostname } = new URL(endpoint);
  const isLocal = isLoopback(hostname.replace(/^\[|\]$/g, ''));
  if (!origin.startsWith('https:') || protocol === 'https:' || isLocal) return '';
  return `Its browser will not load from ${endpoint} all the same, since the page came by HTTPS: put a proxy with HTTPS before the gateway and set http.public_url.`;
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
