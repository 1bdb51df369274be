import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findSetting, settings } from '../../../broker/config/schema.ts';
import { groups } from '../../../broker/config/setting.ts';

/** The contract with sites that run the Java broker: names and defaults must never change. */
const contract: readonly (readonly [string, string, unknown])[] = [
  ['qido.remote_ae', 'QIDO_REMOTE_AE', undefined],
  ['qido.remote_host', 'QIDO_REMOTE_HOST', undefined],
  ['qido.remote_port', 'QIDO_REMOTE_PORT', 11112],
  ['qido.local_ae', 'QIDO_LOCAL_AE', undefined],
  ['wado.remote_ae', 'WADO_REMOTE_AE', undefined],
  ['wado.remote_host', 'WADO_REMOTE_HOST', undefined],
  ['wado.remote_port', 'WADO_REMOTE_PORT', 11112],
  ['wado.local_ae', 'WADO_LOCAL_AE', undefined],
  ['scp.local_ae', 'SCP_LOCAL_AE', undefined],
  ['scp.local_port', 'SCP_LOCAL_PORT', 11112],
  ['scp.cache_dir_path', 'SCP_CACHE_DIR_PATH', undefined],
  ['qido.url_base', 'QIDO_URL_BASE', '/qido-rs'],
  ['wado.url_base', 'WADO_URL_BASE', '/wado-rs'],
  ['wado.http_retry_after', 'WADO_HTTP_RETRY_AFTER', 600],
  ['wado.max_retry_attempts', 'WADO_MAX_RETRY_ATTEMPTS', 6],
  ['wado.retry_delay_in_secs', 'WADO_RETRY_DELAY_IN_SECS', 600],
  ['wado.retrieve_timeout_in_secs', 'WADO_RETRIEVE_TIMEOUT_IN_SECS', 120],
  ['wado.ignore_missing_objects', 'WADO_IGNORE_MISSING_OBJECTS', false],
  ['scp.cache_max_age_in_min', 'SCP_CACHE_MAX_AGE_IN_MIN', 60],
];

test.each(contract)('%s is set by %s and has the default %s', (property, env, byDefault) => {
  const setting = findSetting(property);
  expect(setting?.env).toBe(env);
  expect(setting?.default).toBe(byDefault);
});

test('only the contract has required settings: everything new has a default', () => {
  const required = settings
    .filter((setting) => setting.default === undefined && setting.defaultsTo === undefined)
    .map(({ property }) => property);
  const inContract = contract
    .filter(([, , byDefault]) => byDefault === undefined)
    .map(([property]) => property);
  expect(required.toSorted()).toEqual(inContract.toSorted());
});

test.each(settings)('$property can be shown: names, group, help on one line', (setting) => {
  expect(setting.property).toMatch(/^[a-z]+\.[a-z_]+$/);
  expect(setting.env).toBe(setting.property.toUpperCase().replace('.', '_'));
  expect(groups).toHaveProperty(setting.group);
  expect(setting.help).toMatch(/^[A-Z][^\n]+\.$/);
});

test.each(settings.filter(({ default: byDefault }) => byDefault !== undefined))(
  '$property accepts its own default, as a value and as text',
  ({ type, default: byDefault }) => {
    expect(type.schema.parse(byDefault)).toBe(byDefault);
    expect(type.schema.parse(String(byDefault))).toBe(byDefault);
  },
);

const numbers = settings.flatMap(({ property, type: { schema, min, max } }) =>
  min === undefined || max === undefined ? [] : [{ property, schema, min, max }],
);

test.each(numbers)('$property takes $min and $max and nothing beyond', ({ schema, min, max }) => {
  expect(schema.parse(String(min))).toBe(min);
  expect(schema.parse(String(max))).toBe(max);
  expect(schema.safeParse(String(min - 1)).success).toBe(false);
  expect(schema.safeParse(String(max + 1)).success).toBe(false);
});

test('a property whose name says its unit is counted in it', () => {
  const units = [
    ['_in_secs', 'seconds'],
    ['_in_min', 'minutes'],
    ['_in_mb', 'megabytes'],
  ] as const;
  for (const [ending, unit] of units) {
    const ofUnit = settings.filter(({ property }) => property.endsWith(ending));
    expect(ofUnit.length).toBeGreaterThan(0);
    for (const { property, type } of ofUnit) expect([property, type.unit]).toEqual([property, unit]);
  }
});

test('the schema loads in a browser: it imports zod and files of its own kind only', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
      if (from.startsWith('.')) visit(resolve(dirname(file), from));
      else packages.add(from);
    }
  };
  for (const name of ['schema.ts', 'config.ts', 'clash.ts', 'settings-text.ts']) {
    visit(new URL(`../../../broker/config/${name}`, import.meta.url).pathname);
  }
  expect(seen.size).toBeGreaterThan(10);
  expect([...packages]).toEqual(['zod']);
});
