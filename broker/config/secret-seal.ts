import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const mark = 'sealed:1:';
const algorithm = 'aes-256-gcm';
const ivLength = 12;
const tagLength = 16;

/** True for what `seal` has made, with whatever key. */
export function isSealed(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(mark);
}

/**
 * Keeps the secrets of the settings store from whoever has only its file: a copy, a backup. The key is the
 * host's, which keeps it where the platform keeps passwords; a host without such a place has no seal.
 */
export class SecretSeal {
  readonly #key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(text: string): string {
    const iv = randomBytes(ivLength);
    const cipher = createCipheriv(algorithm, this.#key, iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return mark + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Undefined where it was sealed with another key, or is damaged. */
  open(value: string): string | undefined {
    const bytes = Buffer.from(value.slice(mark.length), 'base64');
    if (!isSealed(value) || bytes.length < ivLength + tagLength) return undefined;
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, ivLength));
    decipher.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength));
    try {
      const text = decipher.update(bytes.subarray(ivLength + tagLength));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
