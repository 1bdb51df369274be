import { describe, expect, it, vi } from 'vitest';
import { secretKey } from '../../../main/desktop/secret-key.ts';

/** Encrypts by turning round: enough to see what is kept. */
function platform(backend: 'gnome_libsecret' | 'basic_text' = 'gnome_libsecret', isAvailable = true) {
  const turned = (text: string) => Buffer.from(text).reverse().toString();
  return {
    isAsyncEncryptionAvailable: () => Promise.resolve(isAvailable),
    getSelectedStorageBackend: () => backend,
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(turned(text))),
    decryptStringAsync: vi.fn((encrypted: Buffer) =>
      Promise.resolve({ shouldReEncrypt: false, result: turned(encrypted.toString()) }),
    ),
  };
}

function storeOf() {
  const entries = new Map<string, unknown>();
  return {
    entries,
    get: (key: string) => entries.get(key),
    set: (key: string, value: unknown) => void entries.set(key, value),
  };
}

describe('secretKey', () => {
  it('is made once, has 32 bytes, and is kept encrypted', async () => {
    const store = storeOf();
    const key = await secretKey({ storage: platform(), store, platform: 'linux' });
    expect(Buffer.from(key!, 'base64')).toHaveLength(32);
    expect(JSON.stringify([...store.entries])).not.toContain(key);
    expect(await secretKey({ storage: platform(), store, platform: 'linux' })).toBe(key);
  });

  it('is another one where the platform cannot open the one that was kept', async () => {
    const store = storeOf();
    const key = await secretKey({ storage: platform(), store, platform: 'linux' });
    const forgetful = platform();
    forgetful.decryptStringAsync.mockRejectedValueOnce(new Error('no such key'));
    expect(await secretKey({ storage: forgetful, store, platform: 'linux' })).not.toBe(key);
  });

  it('is not made where the platform has no safe place for it', async () => {
    const store = storeOf();
    expect(await secretKey({ storage: platform('basic_text'), store, platform: 'linux' })).toBeUndefined();
    expect(
      await secretKey({ storage: platform('gnome_libsecret', false), store, platform: 'linux' }),
    ).toBeUndefined();
    expect(store.entries.size).toBe(0);
  });

  it('is not waited for without end', async () => {
    const storage = {
      ...platform(),
      isAsyncEncryptionAvailable: () => new Promise<boolean>(() => undefined),
    };
    expect(await secretKey({ storage, store: storeOf(), platform: 'darwin', waitMs: 20 })).toBeUndefined();
  });
});
