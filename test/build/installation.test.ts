import { describe, expect, it } from 'vitest';
import { isInstalled } from '../../build/installation.mjs';

const locked = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' },
    'node_modules/only-elsewhere': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  },
};

describe('isInstalled', () => {
  it('holds where everything wanted is there, optional packages aside', () => {
    const a = locked.packages['node_modules/a'];
    expect(isInstalled(locked, { packages: { 'node_modules/a': a } })).toBe(true);
    expect(isInstalled(locked, locked)).toBe(true);
  });

  it.each([
    ['nothing is there', {}],
    ['a package is missing', { packages: {} }],
    ['a version differs', { packages: { 'node_modules/a': { version: '1.2.2', integrity: 'sha512-a' } } }],
    ['the content differs', { packages: { 'node_modules/a': { version: '1.2.3', integrity: 'sha512-x' } } }],
    [
      'an optional package has another version',
      {
        packages: {
          ...locked.packages,
          'node_modules/only-elsewhere': { version: '1.0.0', integrity: 'sha512-b' },
        },
      },
    ],
  ])('fails where %s', (_name, installed) => {
    expect(isInstalled(locked, installed)).toBe(false);
  });
});
