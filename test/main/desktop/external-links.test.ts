import { describe, expect, it, vi } from 'vitest';
import type { ControlClient } from '../../../main/desktop/control-client.ts';
import { isAllowedLink, openExternal, viewerOrigins } from '../../../main/desktop/external-links.ts';

const allowed = ['https://viewer.example', '*'];

describe('isAllowedLink', () => {
  it.each(['https://viewer.example/study?uid=1', 'http://localhost:3000/', 'http://127.0.0.1:4567/openapi'])(
    'allows %s',
    (url) => {
      expect(isAllowedLink(url, allowed)).toBe(true);
    },
  );

  it.each([
    'https://elsewhere.example/',
    'http://viewer.example/',
    'https://viewer.example@elsewhere.example/',
    'https://user@viewer.example/',
    'https://viewer.example.elsewhere.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-settings:',
    'no url',
  ])('denies %s', (url) => {
    expect(isAllowedLink(url, allowed)).toBe(false);
  });
});

describe('openExternal', () => {
  it('hands nothing to the system that is not allowed', async () => {
    const shell = { openExternal: vi.fn(() => Promise.resolve()) };
    expect(await openExternal('file:///etc/passwd', allowed, shell)).toBe(false);
    expect(shell.openExternal).not.toHaveBeenCalled();
    expect(await openExternal('https://viewer.example', allowed, shell)).toBe(true);
    expect(shell.openExternal).toHaveBeenCalledWith('https://viewer.example/');
  });
});

describe('viewerOrigins', () => {
  it('are those whose pages may read from the gateway', async () => {
    const setting = {
      property: 'http.allowed_origins',
      value: 'https://viewer.example, http://other:*',
    };
    const client = { settings: { get: () => Promise.resolve({ settings: [setting] }) } };
    const origins = await viewerOrigins(client as unknown as ControlClient, AbortSignal.timeout(1_000));
    expect(isAllowedLink('http://other:8080/study', origins)).toBe(true);
    expect(isAllowedLink('http://elsewhere:8080/study', origins)).toBe(false);
  });
});
