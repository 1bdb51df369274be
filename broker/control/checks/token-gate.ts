import { createHash, timingSafeEqual } from 'node:crypto';

/** Different wrong tokens that an address may show before its next ones have to wait: mistyped ones. */
const freeGuesses = 5;
const firstDelayMs = 250;
const longestDelayMs = 10_000;
/** An address that has been quiet for this long is forgotten. */
const forgetAfterMs = 10 * 60_000;
/** Addresses that are remembered; a whole IPv6 network of one user counts as one. */
const maxAddresses = 1_024;

/** What is known of an address that has shown wrong tokens. */
interface Record {
  guesses: number;
  /** Of the last wrong one: the same again and again is a page that was left open, and no guessing. */
  lastDigest: Buffer;
  lastAt: number;
  /** When the next token of this address is looked at. */
  freeAt: number;
}

/** Whether a token is right; `waitMs` is how long the answer has to wait, `tooMany` that there is none. */
export type Verdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly waitMs: number; readonly guesses: number }
  | { readonly kind: 'too many'; readonly retryAfterInSecs: number };

/**
 * Compares tokens in constant time. Whoever shows one wrong token after the other is answered more and more
 * slowly, and after a few is not even listened to for a while: right or wrong, so that not waiting for the
 * answer gains nothing. Memory is bounded.
 */
export class TokenGate {
  readonly #expected: Buffer;
  readonly #now: () => number;
  readonly #records = new Map<string, Record>();

  constructor(token: string, now: () => number = () => performance.now()) {
    this.#expected = digestOf(token);
    this.#now = now;
  }

  /** @param address of the peer, as the socket tells it */
  judge(address: string, token: string): Verdict {
    const now = this.#now();
    const key = networkOf(address);
    const record = this.#recall(key, now);
    if (record !== undefined && record.guesses > freeGuesses && now < record.freeAt)
      return { kind: 'too many', retryAfterInSecs: Math.ceil((record.freeAt - now) / 1000) };
    const digest = digestOf(token);
    if (timingSafeEqual(digest, this.#expected)) {
      this.#records.delete(key);
      return { kind: 'right' };
    }
    const isRepeated = record !== undefined && timingSafeEqual(digest, record.lastDigest);
    const guesses = (record?.guesses ?? 0) + (isRepeated ? 0 : 1);
    const waitMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (guesses - 1));
    this.#remember(key, { guesses, lastDigest: digest, lastAt: now, freeAt: now + waitMs });
    return { kind: 'wrong', waitMs, guesses };
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#records.size;
  }

  #recall(key: string, now: number): Record | undefined {
    const record = this.#records.get(key);
    if (record === undefined || now - record.lastAt < forgetAfterMs) return record;
    this.#records.delete(key);
    return undefined;
  }

  /** The one that was quiet for longest goes where there are too many. */
  #remember(key: string, record: Record): void {
    this.#records.delete(key);
    this.#records.set(key, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > maxAddresses && oldest !== undefined) this.#records.delete(oldest);
  }
}

/** Digests have the same length whatever is shown: the comparison tells nothing about the token's. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The address, or of an IPv6 address the network of 64 bits that one user has. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [
    ...groups,
    ...Array.from({ length: Math.max(0, missing) }, () => '0'),
    ...(tail ?? '').split(':'),
  ];
  return all.slice(0, 4).join(':');
}
