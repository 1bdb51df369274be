import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtRenderer } from '../support/control/built-renderer.ts';

const mostBytes = 300 * 1024;
/** What the first screen may need: the page, its script and its style. */
const mostOfFirstBytes = 110 * 1024;

describe('the built user interface', () => {
  let directory: string;
  let page: string;

  beforeAll(async () => {
    directory = await builtRenderer();
    page = await readFile(join(directory, 'index.html'), 'utf8');
  });

  const compressed = async (path: string): Promise<number> =>
    gzipSync(await readFile(join(directory, path))).length;

  it('is below 300 KiB compressed, all screens together', async () => {
    const files = await readdir(directory, { recursive: true });
    const served = files.filter((file) => ['.html', '.js', '.css', '.svg'].includes(extname(file)));
    const sizes = await Promise.all(served.map(compressed));
    expect(served.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostBytes);
  });

  it('begins with a part of it', async () => {
    const first = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path = '']) => path);
    const sizes = await Promise.all(first.map(compressed));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostOfFirstBytes);
  });

  it('has nothing in the page itself that a strict Content-Security-Policy forbids', () => {
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it('names no address outside of itself', async () => {
    const files = await readdir(join(directory, 'assets'));
    for (const file of files.filter((name) => name.endsWith('.css'))) {
      expect(await readFile(join(directory, 'assets', file), 'utf8')).not.toMatch(
        /url\((?!["']?data:)|@import/,
      );
    }
    expect(page).not.toMatch(/https?:/);
  });
});
