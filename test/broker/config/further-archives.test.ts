import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../broker/config/load-config.ts';
import { archiveSettings, settings } from '../../../broker/config/schema.ts';
import { readStore, writeStore } from '../../../broker/config/settings-store.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

const flat = {
  QIDO_REMOTE_AE: 'PACS',
  QIDO_REMOTE_HOST: 'pacs.example.org',
  QIDO_LOCAL_AE: 'BROKER',
  WADO_REMOTE_AE: 'PACSMOVE',
  WADO_REMOTE_HOST: '10.0.0.7',
  WADO_LOCAL_AE: 'BROKERMOVE',
  SCP_LOCAL_AE: 'BROKERSCP',
  SCP_CACHE_DIR_PATH: '/dcmrs-broker/cache',
};

let home: string;
let properties: string;
let store: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'archives-'));
  mkdirSync(join(home, 'conf'));
  properties = join(home, 'conf', 'dcmrsbroker.properties');
  store = join(home, 'conf', 'settings.json');
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function problemsOf(from: Parameters<typeof loadConfig>[0]): string[] {
  try {
    loadConfig(from);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return error.message.split('\n').slice(1, -1);
  }
  throw new Error('nothing was thrown');
}

test('an AE title and a host make a further archive; the rest follows from it and from the default archive', () => {
  writeFileSync(
    properties,
    'archives.Research-2.qido.remote_ae = RESEARCH\narchives.Research-2.qido.remote_host = r\n',
  );
  const { config, sources, warnings } = loadConfig({ env: flat, home });
  const remote = { remoteAe: 'RESEARCH', remoteHost: 'r', remotePort: 11112, localAe: 'BROKER' };
  expect(config.archives.map(({ name }) => name)).toEqual(['default', 'Research-2']);
  expect(config.archives[1]).toEqual({
    name: 'Research-2',
    qido: remote,
    wado: remote,
    stow: remote,
    relationalQueries: 'auto',
    characterSet: '',
    retrieveMethod: 'auto',
  });
  expect(sources.get('archives.Research-2.wado.remote_ae')?.where).toBe(`${properties}:1`);
  expect(sources.get('archives.Research-2.qido.local_ae')?.where).toBe('QIDO_LOCAL_AE');
  expect(warnings).toEqual([]);
});

test('every setting of an archive is taken from environment, properties file and store, in this order', () => {
  const properly = archiveSettings('two').map(({ property, type }, index) => {
    const ofKind: Partial<Record<string, string>> = {
      port: String(100 + index),
      'character-set': 'ISO_IR 100',
    };
    const text = ofKind[type.kind] ?? type.choices?.at(-1) ?? `V${index}`;
    return [property, text] as const;
  });
  const wrong = Object.fromEntries(properly.map(([property]) => [property, '\\']));
  const variables = Object.fromEntries(
    properly.map(([property, text]) => [property.toUpperCase().replaceAll('.', '_'), text]),
  );
  const lines = properly.map(([property, text]) => `${property} = ${text}`).join('\n');
  const get = (env: Record<string, string>): unknown => loadConfig({ env, home }).config.archives[1];

  writeFileSync(store, JSON.stringify(Object.fromEntries(properly)));
  const expected = get(flat);
  expect(expected).toMatchObject({ name: 'two', qido: { remoteAe: 'V0' }, retrieveMethod: 'c-get' });
  writeFileSync(store, JSON.stringify(wrong));
  writeFileSync(properties, lines);
  expect(get(flat)).toEqual(expected);
  writeFileSync(properties, lines.replaceAll(/=.*/g, '= "\\\\"'));
  expect(get({ ...flat, ...variables })).toEqual(expected);
});

test('variables belong to the archive of their name in the files, in any capitals, else to one in small letters', () => {
  writeFileSync(store, JSON.stringify({ 'archives.Main-PACS.qido.remote_host': 'main' }));
  const env = {
    ...flat,
    ARCHIVES_MAIN_PACS_QIDO_REMOTE_AE: 'MAIN',
    ARCHIVES_OLD_PACS_QIDO_REMOTE_AE: 'OLD',
    ARCHIVES_OLD_PACS_QIDO_REMOTE_HOST: 'old',
    ARCHIVES_NONE_QIDO_REMOTE_AE: ' ',
  };
  const { config, warnings } = loadConfig({ env, home });
  expect(config.archives.map(({ name, qido }) => [name, qido.remoteAe])).toEqual([
    ['default', 'PACS'],
    ['Main-PACS', 'MAIN'],
    ['old_pacs', 'OLD'],
  ]);
  expect(warnings).toEqual([]);
});

test('what is missing or wrong is told with its names and where it came from', () => {
  writeFileSync(properties, 'archives.two.qido.remote_port = no\narchives.two.wado.remote_host = h\n');
  expect(problemsOf({ env: flat, home })).toEqual([
    'archives.two.qido.remote_ae (environment variable ARCHIVES_TWO_QIDO_REMOTE_AE) is missing. AE title of the archive that answers C-FIND (the called AE title). Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'archives.two.qido.remote_host (environment variable ARCHIVES_TWO_QIDO_REMOTE_HOST) is missing. Host name or IP address of the archive that answers C-FIND. Allowed: a host name, an IPv4 or an IPv6 address.',
    `archives.two.qido.remote_port = "no" (${properties}:1) is not allowed. Allowed: a port number from 1 to 65535.`,
  ]);
});

test('an archive of which only a line is there that cannot be read is known all the same', () => {
  writeFileSync(properties, 'archives.two.qido.remote_ae = "A\n');
  expect(problemsOf({ env: flat, home })).toEqual([
    `${properties}:1: archives.two.qido.remote_ae: a quotation mark is not closed.`,
    expect.stringMatching(/^archives\.two\.qido\.remote_host \(.*\) is missing/),
  ]);
});

test('names that are no settings of an archive get a warning with what was probably meant', () => {
  const long = 'x'.repeat(65);
  writeFileSync(
    properties,
    [
      'archives.two.qido.remote_prot = 1',
      'archive.two.qido.remote_port = 1',
      'archives.two.http.port = 1',
      'archives.Default.qido.remote_ae = A',
      `archives.${long}.qido.remote_ae = A`,
    ].join('\n'),
  );
  const env = {
    ...flat,
    ARCHIVES_TWO_QIDO_REMOTE_PROT: '1',
    ARCHIVES_DEFAULT_QIDO_REMOTE_AE: 'A',
    ARCHIVES_SOMETHING: '1',
  };
  const { config, warnings } = loadConfig({ env, home });
  expect(config.archives).toHaveLength(1);
  expect(warnings).toEqual([
    'Environment variable ARCHIVES_TWO_QIDO_REMOTE_PROT is unknown and ignored. Did you mean ARCHIVES_TWO_QIDO_REMOTE_PORT?',
    'Environment variable ARCHIVES_DEFAULT_QIDO_REMOTE_AE is unknown and ignored. Archive default is set without ARCHIVES_DEFAULT, such as QIDO_REMOTE_AE.',
    `${properties}:1: archives.two.qido.remote_prot is no setting and is ignored. Did you mean archives.two.qido.remote_port?`,
    `${properties}:2: archive.two.qido.remote_port is no setting and is ignored. Did you mean archives.two.qido.remote_port?`,
    `${properties}:3: archives.two.http.port is no setting and is ignored.`,
    `${properties}:4: archives.Default.qido.remote_ae is no setting and is ignored. Archive default is set without archives.default, such as qido.remote_ae.`,
    `${properties}:5: archives.${long}.qido.remote_ae is no setting and is ignored. The name of an archive is 1 to 64 of the characters A-Z, a-z, 0-9, "_" and "-".`,
  ]);
});

test('two archives whose names differ in capitals or dashes only are refused', () => {
  const lines = ['A-B', 'a_b'].flatMap((name) => [
    `archives.${name}.qido.remote_ae = X`,
    `archives.${name}.qido.remote_host = x`,
  ]);
  writeFileSync(properties, lines.join('\n'));
  expect(problemsOf({ env: flat, home })).toEqual([
    'The archives A-B, a_b differ in capitals or dashes only: give them other names.',
  ]);
});

test('there may be 32 archives and no more', () => {
  const archives = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => index).flatMap((index): [string, string][] => [
        [`ARCHIVES_N${index}_QIDO_REMOTE_AE`, `X${index}`],
        [`ARCHIVES_N${index}_QIDO_REMOTE_HOST`, 'x'],
      ]),
    );
  expect(loadConfig({ env: { ...flat, ...archives(31) } }).config.archives).toHaveLength(32);
  expect(problemsOf({ env: { ...flat, ...archives(32) } })).toEqual([
    'There are 33 archives. Allowed: 32, default among them.',
  ]);
});

test('archives that push under the same AE title get a warning, unless one is asked by C-GET', () => {
  const two = { ARCHIVES_TWO_QIDO_REMOTE_AE: 'PACSMOVE', ARCHIVES_TWO_QIDO_REMOTE_HOST: 'x' };
  expect(loadConfig({ env: { ...flat, ...two } }).warnings).toEqual([
    "The archives default and two have the same AE title PACSMOVE: they are asked for one study in turns, and what comes late may be taken for the other one's.",
  ]);
  const byGet = { ...flat, ...two, ARCHIVES_TWO_WADO_RETRIEVE_METHOD: 'c-get' };
  expect(loadConfig({ env: byGet }).warnings).toEqual([]);
});

test('the settings store takes settings of archives, and no others', () => {
  writeStore(home, { 'archives.two.qido.remote_port': '104' });
  expect(readStore(home)).toEqual({ 'archives.two.qido.remote_port': 104 });
  expect(() => writeStore(home, { 'archives.t/o.qido.remote_port': 1 })).toThrow(
    '"archives.t/o.qido.remote_port" is no setting. The name of an archive is 1 to 64',
  );
  writeStore(home, { 'archives.two.qido.remote_port': null });
  expect(readStore(home)).toEqual({});
});

test('what an archive falls back to is a setting that stands before it', () => {
  const order = settings.map(({ property }) => property);
  for (const { ofArchive, perArchive, defaultsTo } of archiveSettings('x')) {
    const otherwise = perArchive.otherwise ?? defaultsTo;
    if (otherwise === undefined || otherwise === 'as archive default') continue;
    const before = order.findIndex((property) => property === otherwise);
    expect([ofArchive, before >= 0 && before < order.indexOf(ofArchive)]).toEqual([ofArchive, true]);
  }
});

test('archives follow in the order that the settings give, those that it does not name by their names', () => {
  const env = Object.fromEntries(
    ['A', 'B', 'C', 'D'].flatMap((name) => [
      [`ARCHIVES_${name}_QIDO_REMOTE_AE`, name],
      [`ARCHIVES_${name}_QIDO_REMOTE_HOST`, 'host'],
    ]),
  );
  const { config } = loadConfig({ env: { ...flat, ...env, ARCHIVES_ORDER: 'd gone, b' } });
  expect(config.archives.map(({ name }) => name)).toEqual(['default', 'd', 'b', 'a', 'c']);
  expect(problemsOf({ env: { ...flat, ARCHIVES_ORDER: 'a, a' }, home })[0]).toContain('each once');
});
