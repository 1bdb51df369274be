import { readFileSync } from 'node:fs';
import * as prettier from 'prettier';
import { expect, test } from 'vitest';
import { parseProperties } from '../../../broker/config/properties-file.ts';
import { settings } from '../../../broker/config/schema.ts';
import { sampleProperties, settingsTable } from '../../../broker/config/settings-text.ts';

const manual = new URL('../../../docs/settings.md', import.meta.url);

test('the sample file has a line for every setting, fed by its variable, with a comment', () => {
  const lines = sampleProperties().split('\n');
  for (const { property, env, help } of settings) {
    const line = lines.find((candidate) => candidate.startsWith(`${property}=`));
    expect(line?.replace(/ +/g, ' ')).toContain(`${property}=\${?${env}} # ${help}`);
  }
  expect(lines.filter((line) => /^[a-z]/.test(line))).toHaveLength(settings.length);
});

test('the sample file tells defaults and what is required', () => {
  const sample = sampleProperties();
  expect(sample).toMatch(/^wado\.http_retry_after=.* Default: 600\.$/m);
  expect(sample).toMatch(/^log\.file=.* Default: empty\.$/m);
  expect(sample).toMatch(/^scp\.local_ae=.* Required\.$/m);
});

test('the sample file sets nothing where no variable is set', () => {
  const parsed = parseProperties(sampleProperties(), { path: 'sample', env: {} });
  expect(parsed.values.size).toBe(0);
  expect(parsed.problems).toEqual([]);
  expect(parsed.warnings).toEqual([]);
});

test('the sample file takes every setting from its variable', () => {
  const env = Object.fromEntries(settings.map((setting) => [setting.env, `value of ${setting.env}`]));
  const parsed = parseProperties(sampleProperties(), { path: 'sample', env });
  const read = [...parsed.values].map(([property, { raw }]) => [property, raw]);
  expect(Object.fromEntries(read)).toEqual(
    Object.fromEntries(settings.map(({ property, env: name }) => [property, `value of ${name}`])),
  );
});

test('docs/settings.md has the tables of the schema', async () => {
  const page = readFileSync(manual, 'utf8');
  const [before, rest] = page.split('<!-- settings begin -->\n');
  const [, after] = rest?.split('<!-- settings end -->\n') ?? [];
  expect(after, 'the two markers of the tables').toBeDefined();
  const fresh = `${before ?? ''}<!-- settings begin -->\n\n${settingsTable()}\n\n<!-- settings end -->\n${after ?? ''}`;
  await expect(fresh).toMatchFileSnapshot(manual.pathname);
});

test('the tables are formatted as Prettier formats Markdown', async () => {
  const table = `${settingsTable()}\n`;
  expect(await prettier.format(table, { parser: 'markdown', singleQuote: true, printWidth: 110 })).toBe(
    table,
  );
});

test('the tables state names, default, limits and meaning', () => {
  const cells = settingsTable()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.find((row) => row[1] === '`wado.http_retry_after`')).toEqual([
    '',
    '`wado.http_retry_after`',
    '`WADO_HTTP_RETRY_AFTER`',
    '`600`',
    'A whole number from 0 to 604800 (seconds).',
    'Time after which a client is told to ask again (Retry-After of a 503 answer).',
    '',
  ]);
});
