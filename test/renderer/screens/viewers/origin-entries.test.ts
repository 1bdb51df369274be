import { describe, expect, it } from 'vitest';
import {
  originEntries,
  originOfText,
  withEntry,
  withoutEntry,
} from '../../../../renderer/screens/viewers/origin-entries.ts';

describe('the list of allowed origins', () => {
  it('is read whether commas or spaces separate its entries', () => {
    expect(originEntries(' http://a,http://b  https://c:* ')).toEqual([
      'http://a',
      'http://b',
      'https://c:*',
    ]);
  });

  it('takes an entry once, and gives it back', () => {
    const both = withEntry('http://a', 'http://b');
    expect(both).toBe('http://a, http://b');
    expect(withEntry(both, 'http://b')).toBe(both);
    expect(withoutEntry(both, 'http://a')).toBe('http://b');
  });

  it('takes the origin of a whole address that is pasted', () => {
    expect(originOfText(' https://Viewer.example:8443/worklist?x=1 ')).toBe('https://viewer.example:8443');
    expect(originOfText('http://localhost:*')).toBe('http://localhost:*');
    expect(originOfText('viewer.example')).toBe('viewer.example');
  });
});
