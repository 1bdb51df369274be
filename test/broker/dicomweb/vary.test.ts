import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Answers differ by Origin as well (CORS), which is noted before a route runs. */
test('no route replaces what the Vary header has already: they add to it', () => {
  const directory = new URL('../../../broker/dicomweb/', import.meta.url);
  const files = readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  const replacing = files.filter((name) =>
    /(setHeader|\.set|writeHead)\([^)]*['"]?Vary['"]/i.test(readFileSync(new URL(name, directory), 'utf8')),
  );
  expect(replacing).toEqual([]);
});
