import { describe, expect, it, vi } from 'vitest';
import { isAllowedLink, openExternal } from '../../../main/desktop/external-links.ts';

const allowed = new Set(['https://viewer.example']);

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
