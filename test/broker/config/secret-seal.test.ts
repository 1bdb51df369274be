import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../broker/config/read-settings.ts';
import { isSealed, SecretSeal } from '../../../broker/config/secret-seal.ts';
import { storePath, writeStore } from '../../../broker/config/settings-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const secret = 'a-token-of-some-length';

describe('SecretSeal', () => {
  it('opens what it has sealed, and seals nothing twice alike', () => {
    const seal = new SecretSeal(randomBytes(32));
    const sealed = seal.seal(secret);
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toContain(secret);
    expect(seal.open(sealed)).toBe(secret);
    expect(seal.seal(secret)).not.toBe(sealed);
  });

  it('opens nothing of another key, nothing damaged and nothing that is not sealed', () => {
    const seal = new SecretSeal(randomBytes(32));
    const sealed = seal.seal(secret);
    expect(new SecretSeal(randomBytes(32)).open(sealed)).toBeUndefined();
    expect(seal.open(`${sealed.slice(0, -6)}AAAA==`)).toBeUndefined();
    expect(seal.open(sealed.slice(0, 20))).toBeUndefined();
    expect(seal.open(secret)).toBeUndefined();
  });
});

describe('the settings store of a host with a seal', () => {
  it('has secrets sealed in its file, and tells their values', async () => {
    await using home = await temporaryDirectory('seal');
    const seal = new SecretSeal(randomBytes(32));
    writeStore(home.path, { 'control.token': secret, 'http.port': 8080 }, seal);
    const text = readFileSync(storePath(home.path), 'utf8');
    expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({ 'http.port': 8080 });
    expect(readSettings({ env: {}, home: home.path, seal }).values['control.token']).toBe(secret);
  });

  it('still tells a secret that was saved before there was a seal', async () => {
    await using home = await temporaryDirectory('seal');
    writeStore(home.path, { 'control.token': secret });
    const seal = new SecretSeal(randomBytes(32));
    expect(readSettings({ env: {}, home: home.path, seal }).values['control.token']).toBe(secret);
  });

  it('says so where a secret cannot be opened, and takes it for not set', async () => {
    await using home = await temporaryDirectory('seal');
    writeStore(home.path, { 'control.token': secret }, new SecretSeal(randomBytes(32)));
    const read = readSettings({ env: {}, home: home.path });
    expect(read.given.has('control.token')).toBe(false);
    expect(read.warnings.join()).toContain('control.token was sealed by another host or user');
  });
});
