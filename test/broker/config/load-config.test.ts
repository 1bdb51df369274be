import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest';
import type { ArchiveConfig, Config } from '../../../broker/config/config.ts';
import { loadConfig } from '../../../broker/config/load-config.ts';
import { settings } from '../../../broker/config/schema.ts';
import type { AeTitle } from '../../../broker/domain/ae-title.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

const required = {
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
  home = mkdtempSync(join(tmpdir(), 'config-'));
  mkdirSync(join(home, 'conf'));
  properties = join(home, 'conf', 'dcmrsbroker.properties');
  store = join(home, 'conf', 'settings.json');
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function messageOf(from: Parameters<typeof loadConfig>[0]): string[] {
  try {
    loadConfig(from);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    expect(error.code).toBe('configuration');
    return error.message.split('\n');
  }
  throw new Error('nothing was thrown');
}

test('with the required settings alone, everything else has its default', () => {
  const { config, sources, warnings } = loadConfig({ env: required });
  expect(config).toEqual({
    archives: [
      {
        name: 'default',
        qido: { remoteAe: 'PACS', remoteHost: 'pacs.example.org', remotePort: 11112, localAe: 'BROKER' },
        wado: { remoteAe: 'PACSMOVE', remoteHost: '10.0.0.7', remotePort: 11112, localAe: 'BROKERMOVE' },
        stow: { remoteAe: 'PACSMOVE', remoteHost: '10.0.0.7', remotePort: 11112, localAe: 'BROKERMOVE' },
        relationalQueries: 'auto',
        characterSet: '',
        retrieveMethod: 'auto',
      },
    ],
    http: {
      host: '127.0.0.1',
      port: 4567,
      publicUrl: '',
      allowedOrigins: 'http://localhost:*, http://127.0.0.1:*, http://[::1]:*',
      compression: true,
    },
    qido: {
      urlBase: '/qido-rs',
      relationalQueries: 'auto',
      characterSet: '',
      defaultLimit: 1000,
      maxRelatedQueries: 200,
    },
    wado: {
      urlBase: '/wado-rs',
      httpRetryAfter: 600,
      maxRetryAttempts: 6,
      retryDelayInSecs: 600,
      retrieveTimeoutInSecs: 120,
      ignoreMissingObjects: false,
      retrieveMethod: 'auto',
      firstInstanceTimeoutInSecs: 60,
      recheckAfterInSecs: 60,
      cancelGraceInSecs: 30,
    },
    stow: {
      urlBase: '/stow-rs',
      maxRequestSizeInMb: 65_536,
      maxInstanceSizeInMb: 4096,
      maxAssociations: 1,
      maxInstances: 20_000,
      requestTimeoutInSecs: 60,
    },
    scp: {
      localAe: 'BROKERSCP',
      localHost: '0.0.0.0',
      localPort: 11112,
      cacheDirPath: '/dcmrs-broker/cache',
      cacheMaxAgeInMin: 60,
      cacheMaxSizeInMb: 51200,
      acceptUnsolicited: false,
      maxAssociations: 32,
      idleTimeoutInSecs: 60,
    },
    dimse: {
      maxPduLength: 131072,
      connectTimeoutInSecs: 10,
      associationTimeoutInSecs: 30,
      responseTimeoutInSecs: 60,
      moveResponseTimeoutInSecs: 3600,
      transferTimeoutInSecs: 60,
      maxAssociations: 4,
      associationIdleTimeoutInSecs: 20,
      queueTimeoutInSecs: 60,
      quickAck: true,
    },
    control: { host: '127.0.0.1', port: 4568, token: '', allowedHosts: '', viewerUrl: '' },
    log: { level: 'info', format: 'text', file: '', fileMaxSizeInMb: 10, fileMaxCount: 5 },
  });
  expect(warnings).toEqual([]);
  expect([...sources.keys()]).toEqual(settings.map(({ property }) => property));
  expect(sources.get('qido.remote_ae')).toEqual({ source: 'environment', where: 'QIDO_REMOTE_AE' });
  expect(sources.get('http.port')).toEqual({ source: 'default', where: 'built-in default' });
});

test('the types of the configuration follow from the schema', () => {
  expectTypeOf<Config['archives']>().toEqualTypeOf<readonly ArchiveConfig[]>();
  expectTypeOf<Config['http']>().toEqualTypeOf<{
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
    readonly allowedOrigins: string;
    readonly compression: boolean;
  }>();
  expectTypeOf<Config['qido']>().toEqualTypeOf<{
    readonly urlBase: string;
    readonly relationalQueries: 'auto' | 'no';
    readonly characterSet: string;
    readonly defaultLimit: number;
    readonly maxRelatedQueries: number;
  }>();
  expectTypeOf<Config['scp']['localAe']>().toEqualTypeOf<AeTitle>();
  expectTypeOf<Config['wado']['retrieveMethod']>().toEqualTypeOf<'auto' | 'c-move' | 'c-get'>();
  expectTypeOf<ArchiveConfig['retrieveMethod']>().toEqualTypeOf<'auto' | 'c-move' | 'c-get'>();
  expectTypeOf<Config['wado']['ignoreMissingObjects']>().toEqualTypeOf<boolean>();
  expectTypeOf<Config['log']>().toEqualTypeOf<{
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'text' | 'json';
    readonly file: string;
    readonly fileMaxSizeInMb: number;
    readonly fileMaxCount: number;
  }>();
});

test('the configuration is frozen all through', () => {
  const { config } = loadConfig({ env: required });
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    expect(Object.isFrozen(value)).toBe(true);
    Object.values(value).forEach(check);
  };
  check(config);
});

/** For every setting: an allowed value that is not the default, as text, and as it is used. */
const other: Record<string, readonly [string, unknown]> = Object.fromEntries(
  settings.map(({ property, type, default: byDefault }): [string, readonly [string, unknown]] => {
    const texts = {
      'ae-title': 'OTHER',
      'archive-names': 'other',
      // The user interface is for this machine alone as long as it has no token.
      'character-set': 'ISO_IR 100',
      host: property === 'control.host' ? '127.0.0.2' : 'other.example.org',
      hosts: 'other.example.org',
      secret: 'other-token-of-20-chars',
      url: 'https://other.example.org',
      'url-base': '/other',
      origins: 'https://other.example.org',
      path: '/other',
    };
    if (type.kind === 'boolean') return [property, [String(!byDefault), !byDefault]];
    if (type.kind === 'choice') return [property, [type.choices?.at(-1) ?? '', type.choices?.at(-1)]];
    if (type.kind === 'integer') return [property, [String(type.max), type.max]];
    if (type.kind === 'port')
      return [property, [`5${String(property.length)}`, Number(`5${String(property.length)}`)]];
    return [property, [texts[type.kind], texts[type.kind]]];
  }),
);

/** The order of archives shows in nothing but their order. */
const single = settings.filter(({ property }) => property !== 'archives.order');

/** What of the configuration the setting decides. */
function valueIn(config: Config, property: string): unknown {
  const [section = '', name = ''] = property.split('.');
  const field = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const sections: Record<string, object> = { ...config };
  const ofArchive: Record<string, object> = {
    qido: config.archives[0]?.qido ?? {},
    wado: config.archives[0]?.wado ?? {},
    stow: config.archives[0]?.stow ?? {},
  };
  return new Map<string, unknown>([
    ...Object.entries(ofArchive[section] ?? {}),
    ...Object.entries(sections[section] ?? {}),
  ]).get(field);
}

test.each(single)('$property is taken from the environment, before both files', ({ property, env }) => {
  const [text, value] = other[property] ?? [''];
  writeFileSync(properties, `${property} = nonsense that does not count!`);
  writeFileSync(store, JSON.stringify({ [property]: 'nonsense that does not count!' }));
  const { config, sources } = loadConfig({ env: { ...required, [env]: text }, home });
  expect(valueIn(config, property)).toBe(value);
  expect(sources.get(property)).toEqual({ source: 'environment', where: env });
});

test.each(single)('$property is taken from the properties file, before the store', ({ property, env }) => {
  const [text, value] = other[property] ?? [''];
  writeFileSync(properties, `\n${property} = "${text}" # ${env}\n`);
  writeFileSync(store, JSON.stringify({ [property]: 'nonsense that does not count!' }));
  const { config, sources } = loadConfig({ env: { ...required, [env]: '' }, home });
  expect(valueIn(config, property)).toBe(value);
  expect(sources.get(property)).toEqual({ source: 'properties', where: `${properties}:2` });
});

test.each(single)('$property is taken from the store, before the default', ({ property, env }) => {
  const value = other[property]?.[1];
  writeFileSync(properties, `${property} = \${?${env}}`);
  writeFileSync(store, JSON.stringify({ [property]: value }));
  const { config, sources } = loadConfig({ env: { ...required, [env]: undefined }, home });
  expect(valueIn(config, property)).toBe(value);
  expect(sources.get(property)).toEqual({ source: 'store', where: store });
});

test('where the archive that stores is left out, it is the one that retrieves, setting by setting', () => {
  const { config } = loadConfig({ env: { ...required, WADO_REMOTE_PORT: '104', STOW_REMOTE_AE: 'STORE' } });
  expect(config.archives[0]?.stow).toEqual({
    remoteAe: 'STORE',
    remoteHost: '10.0.0.7',
    remotePort: 104,
    localAe: 'BROKERMOVE',
  });
});

test('a setting that is left out together with the one that it follows is told once', () => {
  const { WADO_REMOTE_AE: _, ...rest } = required;
  const told = messageOf({ env: rest }).filter((line) => line.includes('remote_ae'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^wado\.remote_ae /);
});

test('the retrieve method also reaches the archive', () => {
  const { config } = loadConfig({ env: { ...required, WADO_RETRIEVE_METHOD: 'C-GET' } });
  expect(config.archives[0]?.retrieveMethod).toBe('c-get');
});

test('every missing setting is told, with both names and its meaning', () => {
  expect(messageOf({ env: { QIDO_REMOTE_AE: ' ' } })).toEqual([
    'The configuration has 8 problems:',
    'qido.remote_ae (environment variable QIDO_REMOTE_AE) is missing. AE title of the archive that answers C-FIND (the called AE title). Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'qido.remote_host (environment variable QIDO_REMOTE_HOST) is missing. Host name or IP address of the archive that answers C-FIND. Allowed: a host name, an IPv4 or an IPv6 address.',
    'qido.local_ae (environment variable QIDO_LOCAL_AE) is missing. AE title under which the gateway sends C-FIND (the calling AE title). The archive must know it. Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'wado.remote_ae (environment variable WADO_REMOTE_AE) is missing. AE title of the archive that answers C-MOVE and C-GET (the called AE title). Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'wado.remote_host (environment variable WADO_REMOTE_HOST) is missing. Host name or IP address of the archive that answers C-MOVE and C-GET. Allowed: a host name, an IPv4 or an IPv6 address.',
    'wado.local_ae (environment variable WADO_LOCAL_AE) is missing. AE title under which the gateway sends C-MOVE and C-GET (the calling AE title). The archive must know it. Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'scp.local_ae (environment variable SCP_LOCAL_AE) is missing. AE title under which the gateway receives images. Register it at the archive as a move destination. Allowed: 1 to 16 ASCII characters without backslash, not in quotation marks.',
    'scp.cache_dir_path (environment variable SCP_CACHE_DIR_PATH) is missing. Directory of the cached images. A relative path starts at the working directory. Allowed: a path without control characters, not in quotation marks.',
    'Looked in: environment variables, no home directory is given.',
  ]);
});

test('every wrong value is told at once, with where it came from and what is allowed', () => {
  writeFileSync(properties, 'wado.ignore_missing_objects = maybe\nqido.remote_prot = 104\nbroken line\n');
  writeFileSync(store, '{"log.level": 7, "scp.cache_dir_path": ""}');
  const env = { ...required, SCP_CACHE_DIR_PATH: '', WADO_HTTP_RETRY_AFTER: 'soon', WAD0_REMOTE_AE: 'X' };
  expect(messageOf({ env, home })).toEqual([
    'The configuration has 5 problems:',
    `${properties}:3: expected "key = value", found "broken line".`,
    'wado.http_retry_after = "soon" (environment variable WADO_HTTP_RETRY_AFTER) is not allowed. Allowed: a whole number from 0 to 604800 (seconds).',
    `wado.ignore_missing_objects = "maybe" (${properties}:1) is not allowed. Allowed: true or false (yes, no, 1 and 0 mean the same).`,
    `scp.cache_dir_path = "" (${store}) is not allowed. Allowed: a path without control characters, not in quotation marks.`,
    `log.level = 7 (${store}) is not allowed. Allowed: one of trace, debug, info, warn, error.`,
    'Environment variable WAD0_REMOTE_AE is unknown and ignored. Did you mean WADO_REMOTE_AE?',
    `${properties}:2: qido.remote_prot is no setting and is ignored. Did you mean qido.remote_port?`,
    `Looked in: environment variables, ${properties}, ${store}.`,
  ]);
});

test('control characters of a wrong value are escaped, and it is cut', () => {
  const env = { ...required, LOG_LEVEL: `a\nb${'x'.repeat(1000)}` };
  expect(messageOf({ env })[1]).toBe(
    `log.level = "a\\nb${'x'.repeat(77)}…" (environment variable LOG_LEVEL) is not allowed. Allowed: one of trace, debug, info, warn, error.`,
  );
});

test('a setting whose line cannot be read is not told as missing besides', () => {
  writeFileSync(properties, 'qido.remote_ae = ${PACS_AE}\nqido.local_ae = "A\n');
  expect(messageOf({ env: { ...required, QIDO_REMOTE_AE: '', QIDO_LOCAL_AE: '' }, home })).toEqual([
    'The configuration has 2 problems:',
    `${properties}:2: qido.local_ae: a quotation mark is not closed.`,
    `${properties}:1: qido.remote_ae: environment variable PACS_AE is not set.`,
    `Looked in: environment variables, ${properties}, ${store}.`,
  ]);
});

test('files that cannot be read are told among the other problems', () => {
  mkdirSync(properties);
  writeFileSync(store, '{');
  const [head, ofProperties, ofStore, wrong] = messageOf({ env: { ...required, HTTP_PORT: 'x' }, home });
  expect(head).toBe('The configuration has 3 problems:');
  expect(ofProperties).toMatch(`${properties} cannot be read: EISDIR`);
  expect(ofStore).toMatch(`${store} is damaged (correct or remove it): `);
  expect(wrong).toMatch('http.port = "x" (environment variable HTTP_PORT) is not allowed.');
});

test('warnings do not stop the start', () => {
  writeFileSync(properties, 'colour = red');
  const env = { ...required, QIDO_REMOTE_PROT: '1', QIDO_SOMETHING_ELSE: '1', HTTP_PROXY: 'http://proxy' };
  expect(loadConfig({ env, home }).warnings).toEqual([
    'Environment variable QIDO_REMOTE_PROT is unknown and ignored. Did you mean QIDO_REMOTE_PORT?',
    `${properties}:1: colour is no setting and is ignored.`,
  ]);
});

test('a home directory without files, or one that is not there, is as good as none', () => {
  expect(loadConfig({ env: required, home }).config).toEqual(loadConfig({ env: required }).config);
  expect(loadConfig({ env: required, home: join(home, 'none') }).config.http.port).toBe(4567);
});

test('two listeners on one port are told with both settings and their origins', () => {
  writeFileSync(properties, '\nscp.local_port = 4567\n');
  expect(messageOf({ env: required, home })).toEqual([
    'The configuration has 1 problem:',
    `http.port (built-in default; http.host is 127.0.0.1) and scp.local_port (${properties}:2; scp.local_host is 0.0.0.0) are both 4567. Allowed: two different ports.`,
    `Looked in: environment variables, ${properties}, ${store}.`,
  ]);
});

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '0.0.0.0', true],
  ['0.0.0.0', '10.0.0.1', true],
  ['::', '10.0.0.1', true],
  ['::', '0.0.0.0', true],
  ['::1', '::', true],
  ['localhost', '127.0.0.1', true],
  ['::1', 'LOCALHOST', true],
  ['Broker.example.org.', 'broker.example.org', true],
  ['127.0.0.1', '10.0.0.1', false],
  ['::1', '0.0.0.0', false],
  ['127.0.0.1', '::1', false],
  ['localhost', '10.0.0.1', false],
])('on one port, %s and %s clash: %s', (httpHost, scpHost, clash) => {
  const env = {
    ...required,
    HTTP_PORT: '5000',
    SCP_LOCAL_PORT: '5000',
    HTTP_HOST: httpHost,
    SCP_LOCAL_HOST: scpHost,
  };
  if (clash) expect(messageOf({ env })[1]).toContain('are both 5000');
  else expect(loadConfig({ env }).config.http.port).toBe(5000);
});

test('the user interface clashes with either of the others, and each pair is told', () => {
  const env = { ...required, CONTROL_PORT: '4567', SCP_LOCAL_PORT: '4567' };
  const told = messageOf({ env }).filter((line) => line.includes('are both 4567'));
  expect(
    told.map((line) => [...line.matchAll(/(http|scp|control)\.(local_)?port/g)].map(([name]) => name)),
  ).toEqual([
    ['http.port', 'scp.local_port'],
    ['http.port', 'control.port'],
    ['scp.local_port', 'control.port'],
  ]);
});

test('a user interface that others reach needs a token', () => {
  const env = { ...required, CONTROL_HOST: '0.0.0.0' };
  expect(messageOf({ env })[1]).toBe(
    'control.host = 0.0.0.0 (environment variable CONTROL_HOST) lets others reach the user interface, and control.token is empty. Set control.token (environment variable CONTROL_TOKEN) to at least 16 characters, or control.host to 127.0.0.1.',
  );
  const withToken = { ...env, CONTROL_TOKEN: 'sixteen-or-more-characters' };
  expect(loadConfig({ env: withToken }).config.control.host).toBe('0.0.0.0');
});

test('a secret that is not allowed is not repeated', () => {
  const told = messageOf({ env: { ...required, CONTROL_TOKEN: 'short secret' } }).join('\n');
  expect(told).toContain('control.token (environment variable CONTROL_TOKEN) is not allowed. Allowed: 16 to');
  expect(told).not.toContain('short');
});

test('two free ports, or two services under one URL base, are no clash', () => {
  const env = {
    ...required,
    HTTP_PORT: '0',
    SCP_LOCAL_PORT: '0',
    QIDO_URL_BASE: '/rs/',
    WADO_URL_BASE: '/rs',
  };
  const { config } = loadConfig({ env });
  expect([config.http.port, config.scp.localPort]).toEqual([0, 0]);
  expect([config.qido.urlBase, config.wado.urlBase]).toEqual(['/rs', '/rs']);
});

const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('0', '1', '4567', '-1', 'auto', '/', '::', 'A'),
);
const anyVariables = fc.dictionary(
  fc.constantFrom(...settings.map(({ env }) => env), '__proto__', 'WAD0_X'),
  anyValue,
);
const anyProperties = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom(...settings.map(({ property }) => property)), anyValue)
      .map((pair) => pair.join('=')),
  ),
);
const anyStore = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc
    .dictionary(fc.constantFrom(...settings.map(({ property }) => property)), fc.jsonValue())
    .map((o) => JSON.stringify(o)),
);

/** Half of the time each source says nothing, so that a good part of the configurations loads. */
const sources = [
  fc.oneof(fc.constant({}), anyVariables),
  fc.oneof(fc.constant([]), anyProperties),
  fc.oneof(fc.constant('{}'), anyStore),
] as const;

test('whatever the sources hold, there is a configuration or one BrokerError', () => {
  let loaded = 0;
  fc.assert(
    fc.property(...sources, fc.boolean(), (variables, lines, json, complete) => {
      writeFileSync(properties, lines.join('\n'));
      writeFileSync(store, json);
      try {
        const env = complete ? { ...required, ...variables } : variables;
        expect(loadConfig({ env, home }).sources.size).toBe(settings.length);
        loaded++;
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        expect(error.code).toBe('configuration');
      }
    }),
    { numRuns: 500 },
  );
  expect(loaded).toBeGreaterThan(0);
});

test('a log file among the files of the cache is refused', () => {
  const message = messageOf({ env: { ...required, LOG_FILE: '/dcmrs-broker/cache/../cache/broker.log' } });
  expect(message).toContain(
    'log.file = /dcmrs-broker/cache/../cache/broker.log is in the directory of the cache (scp.cache_dir_path = /dcmrs-broker/cache). Allowed: a file outside of it.',
  );
  expect(loadConfig({ env: { ...required, LOG_FILE: '/dcmrs-broker/cache.log' } }).config.log.file).toBe(
    '/dcmrs-broker/cache.log',
  );
});

test('a host may have defaults of its own, which count where nothing else gives a value', () => {
  const defaults = { 'scp.cache_dir_path': '/home/cache', 'control.port': 0 };
  const { SCP_CACHE_DIR_PATH: _, ...others } = required;
  const { config, sources } = loadConfig({ env: { ...others, CONTROL_PORT: '4000' }, defaults });
  expect(config.scp.cacheDirPath).toBe('/home/cache');
  expect(sources.get('scp.cache_dir_path')).toEqual({ source: 'default', where: 'default of this host' });
  expect(config.control.port).toBe(4000);
});
