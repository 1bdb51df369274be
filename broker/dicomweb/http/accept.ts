/** One element of an Accept header (RFC 9110 section 12.5.1). */
export interface MediaRange {
  /** Lower case: `application/json`, `image/*`, or both parts an asterisk. */
  readonly type: string;
  /** By lower-case name, without `q`; quotes removed. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 (not acceptable) to 1. */
  readonly quality: number;
}

/** A representation that could be sent. */
export interface MediaOffer {
  readonly type: string;
  /** `type` of multipart/related, `transfer-syntax`: what a client may ask for. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Parameters that decide; others (charset, boundary, unknown ones) are passed over (PS3.18 section 8.7.7). */
const decisive: ReadonlySet<string> = new Set(['type', 'transfer-syntax']);
const maxRanges = 64;
const anything: MediaRange = { type: '*/*', parameters: new Map(), quality: 1 };

/**
 * Reads an Accept header, or the value of the `accept` query parameter. Values that are malformed are
 * passed over, as PS3.18 section 8.7.7 asks; where none is left, or the header is absent, anything goes.
 */
export function parseAccept(header: string | undefined): MediaRange[] {
  if (header === undefined || header.trim() === '') return [anything];
  const ranges = splitOutsideQuotes(header, ',')
    .slice(0, maxRanges)
    .flatMap((element) => parseRange(element) ?? []);
  return ranges.length === 0 ? [anything] : ranges;
}

/**
 * The ranges that count for a request: those of the query parameter where there is one, since links can
 * carry no header (PS3.18 section 8.3.3.1), else those of the header.
 */
export function acceptedRanges(header: string | undefined, parameter: string | undefined): MediaRange[] {
  if (parameter === undefined || parameter.trim() === '') return parseAccept(header);
  // In a query string a plus sign means a space: application/dicom+json arrives with one.
  return parseAccept(parameter.replace(/(\w) (?=(json|xml)\b)/g, '$1+'));
}

function parseRange(element: string): MediaRange | undefined {
  const [type = '', ...rest] = splitOutsideQuotes(element, ';').map((part) => part.trim());
  if (!/^([\w!#$&^.+-]+\/([\w!#$&^.+-]+|\*)|\*\/\*)$/.test(type)) return undefined;
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = unquoted(part.slice(equals + 1).trim());
    if (name !== 'q') parameters.set(name, value);
    else if (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value)) quality = Number(value);
    else return undefined;
  }
  return { type: type.toLowerCase(), parameters, quality };
}

/** Splits at a character that is not within a quoted string. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && isQuoted) at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}

/**
 * How much a client wants an offer, 0 to 1: the quality of the most specific range that it fits
 * (RFC 9110 section 12.5.1). 0 where it fits none.
 */
export function qualityOf(offer: MediaOffer, ranges: readonly MediaRange[]): number {
  let quality = 0;
  let closest = -1;
  for (const range of ranges) {
    const closeness = closenessOf(offer, range);
    if (closeness > closest || (closeness === closest && closeness >= 0 && range.quality > quality)) {
      [closest, quality] = [closeness, range.quality];
    }
  }
  return quality;
}

/**
 * The offer that a client wants most; of those that it wants equally, the one that stands first.
 * Undefined where none is acceptable.
 */
export function chooseOffer<Offer extends MediaOffer>(
  ranges: readonly MediaRange[],
  offers: readonly Offer[],
): Offer | undefined {
  let chosen: Offer | undefined;
  let best = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > best) [chosen, best] = [offer, quality];
  }
  return chosen;
}

/** -1 where the offer does not fit the range, else higher the more the range says. */
function closenessOf(offer: MediaOffer, range: MediaRange): number {
  if (!fitsPattern(offer.type, range.type)) return -1;
  let closeness = range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2;
  for (const [name, wanted] of range.parameters) {
    if (!decisive.has(name)) continue;
    const offered = offer.parameters?.[name];
    if (wanted !== '*' && (offered === undefined || !fitsPattern(offered, wanted))) return -1;
    closeness += 1;
  }
  return closeness;
}

/** True where the text is what the pattern says: itself, in any case, or `type/*`, or all. */
function fitsPattern(text: string, pattern: string): boolean {
  if (pattern === '*' || pattern === '*/*') return true;
  const lower = pattern.toLowerCase();
  if (lower.endsWith('/*')) return text.toLowerCase().startsWith(lower.slice(0, -1));
  return text.toLowerCase() === lower;
}
