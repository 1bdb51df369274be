import { readFileSync } from 'node:fs';
import * as prettier from 'prettier';
import { expect, test } from 'vitest';
import { problemOf } from '../../broker/dicomweb/http/problem.ts';
import { BrokerError, errorCodes } from '../../broker/domain/errors.ts';
import { findSetting } from '../../broker/config/schema.ts';
import { conformanceTables } from './conformance-tables.ts';

const page = new URL('../../docs/conformance.md', import.meta.url);

/** The page with its tables made anew. */
function fresh(text: string): string {
  return text.replace(
    /<!-- ([\w-]+) begin -->\n[^]*?<!-- \1 end -->/g,
    (_, name: string) =>
      `<!-- ${name} begin -->\n\n${conformanceTables[name]?.() ?? 'unknown'}\n\n<!-- ${name} end -->`,
  );
}

test('docs/conformance.md has the tables that the code gives (update it with -u)', async () => {
  await expect(fresh(readFileSync(page, 'utf8'))).toMatchFileSnapshot(page.pathname);
});

test('every table has its place in the page', () => {
  const text = readFileSync(page, 'utf8');
  const places = [...text.matchAll(/<!-- ([\w-]+) begin -->/g)].map(([, name]) => name);
  expect(places.toSorted()).toEqual(Object.keys(conformanceTables).toSorted());
});

test('the page is formatted as Prettier formats it', async () => {
  const text = readFileSync(page, 'utf8');
  const options = { parser: 'markdown', singleQuote: true, printWidth: 110 };
  expect(await prettier.format(text, options)).toBe(text);
});

test('the page names the status of every error, and settings that there are', () => {
  const text = readFileSync(page, 'utf8');
  for (const errorCode of errorCodes) {
    const { status } = problemOf(new BrokerError(errorCode, ''));
    expect([errorCode, text.includes(String(status))]).toEqual([errorCode, true]);
  }
  const named = [...text.matchAll(/`((?:qido|wado|stow|scp|dimse|http|log)\.[a-z_]+)`/g)];
  expect(named.length).toBeGreaterThan(15);
  for (const [, property = ''] of named)
    expect([property, findSetting(property)?.property]).toEqual([property, property]);
});
