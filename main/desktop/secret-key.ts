import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SafeStorage } from 'electron';
import type { ChoiceStore } from './desktop-choices.ts';

const entry = 'secretKey';
const keyLength = 32;
/** A keyring may ask the person for its password. The gateway does not wait for that for ever. */
const usualWaitMs = 20_000;

export interface SecretKeyParts {
  readonly storage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
  >;
  readonly store: ChoiceStore;
  readonly platform: NodeJS.Platform;
  /** Default 20 s. */
  readonly waitMs?: number;
}

/**
 * The key that secrets of the settings store are sealed with. It is made once and kept encrypted by the
 * platform: Keychain, DPAPI, a keyring.
 * @returns 32 bytes in base64; undefined where the platform has no safe place, or does not open it in time
 */
export async function secretKey(parts: SecretKeyParts): Promise<string | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      keptOrNewKey(parts).catch(() => undefined),
      sleep(parts.waitMs ?? usualWaitMs, undefined, { signal: late.signal }),
    ]);
  } finally {
    late.abort();
  }
}

async function keptOrNewKey({ storage, store, platform }: SecretKeyParts): Promise<string | undefined> {
  if (!(await storage.isAsyncEncryptionAvailable())) return undefined;
  // Encrypted with a password that everybody knows.
  if (platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text') return undefined;
  const kept = store.get(entry);
  if (typeof kept === 'string') {
    const opened = await storage.decryptStringAsync(Buffer.from(kept, 'base64')).catch(() => undefined);
    if (opened !== undefined) return opened.result;
    // The platform has forgotten: what was sealed cannot be opened again, and has to be set anew.
  }
  const key = randomBytes(keyLength).toString('base64');
  store.set(entry, (await storage.encryptStringAsync(key)).toString('base64'));
  return key;
}
