import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStore, storePath, storeSource, writeStore } from '../../../broker/config/settings-store.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'store-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function writeFile(text: string): void {
  mkdirSync(join(home, 'conf'), { recursive: true });
  writeFileSync(storePath(home), text);
}

function thrown(work: () => unknown): BrokerError {
  try {
    work();
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('no file holds nothing, and reading does not make one', () => {
  expect(readStore(home)).toEqual({});
  expect(existsSync(join(home, 'conf'))).toBe(false);
});

test('what is written is read again, as flat keys of checked values', () => {
  writeStore(home, {
    'wado.http_retry_after': '30',
    'wado.ignore_missing_objects': 'YES',
    'qido.remote_ae': ' PACS ',
  });
  expect(readStore(home)).toEqual({
    'wado.http_retry_after': 30,
    'wado.ignore_missing_objects': true,
    'qido.remote_ae': 'PACS',
  });
  expect(JSON.parse(readFileSync(storePath(home), 'utf8'))).toEqual(readStore(home));
});

test('a change leaves the other settings alone, null takes one out', () => {
  writeStore(home, { 'http.port': 8080, 'qido.url_base': '/a/' });
  writeStore(home, { 'http.port': null, 'wado.url_base': '/b', 'qido.remote_ae': null });
  expect(readStore(home)).toEqual({ 'qido.url_base': '/a', 'wado.url_base': '/b' });
});

test('only the owner may read the file, also where it was open before', () => {
  writeStore(home, { 'http.port': 8080 });
  expect(statSync(storePath(home)).mode & 0o777).toBe(0o600);
  chmodSync(storePath(home), 0o644);
  writeStore(home, { 'http.port': 8081 });
  expect(statSync(storePath(home)).mode & 0o777).toBe(0o600);
});

test('the file is replaced, not written into, and nothing is left beside it', () => {
  writeStore(home, { 'http.port': 8080 });
  const before = statSync(storePath(home)).ino;
  writeStore(home, { 'http.port': 8081 });
  expect(statSync(storePath(home)).ino).not.toBe(before);
  expect(readdirSync(join(home, 'conf'))).toEqual(['settings.json']);
});

test('entries of another version are kept', () => {
  writeFile('{"future.setting": [1, 2]}');
  writeStore(home, { 'http.port': 8080 });
  expect(readStore(home)).toEqual({ 'future.setting': [1, 2], 'http.port': 8080 });
});

test('wrong changes are all told, and none of the changes is made', () => {
  writeStore(home, { 'http.port': 8080 });
  const changes = { 'http.port': 70000, 'qido.remote_aet': 'A', 'log.level': 'loud', 'log.format': 'json' };
  const error = thrown(() => {
    writeStore(home, changes);
  });
  expect(error.code).toBe('configuration');
  expect(error.message).toBe(
    [
      'The configuration has 3 problems:',
      'http.port = 70000 is not allowed. Allowed: a port number from 1 to 65535, or 0 for any free port (for tests).',
      '"qido.remote_aet" is no setting. Did you mean qido.remote_ae?',
      'log.level = "loud" is not allowed. Allowed: one of trace, debug, info, warn, error.',
    ].join('\n'),
  );
  expect(readStore(home)).toEqual({ 'http.port': 8080 });
});

test.each([
  '',
  '{"http.port": 80',
  '{"http.port": 8080}}',
  '{"http.port":\n  oops}',
  'hello',
  '[1]',
  '5',
  'null',
  '"text"',
])('a file that holds %j is told as damaged and stays as it is, also on writing', (text) => {
  writeFile(text);
  const error = thrown(() => readStore(home));
  expect(error.code).toBe('configuration');
  expect(error.message.startsWith(`${storePath(home)} is damaged (correct or remove it): `)).toBe(true);
  expect(error.message).not.toContain('\n');
  expect(() => {
    writeStore(home, { 'http.port': 8080 });
  }).toThrow(error.message);
  expect(readFileSync(storePath(home), 'utf8')).toBe(text);
});

test('a byte order mark is no damage', () => {
  writeFile('\ufeff{"http.port": 8080}');
  expect(readStore(home)).toEqual({ 'http.port': 8080 });
});

test('what cannot be read or written is told, with the file', () => {
  mkdirSync(storePath(home), { recursive: true });
  const read = thrown(() => readStore(home));
  expect(read.code).toBe('configuration');
  expect(read.message).toMatch(`${storePath(home)} cannot be read: EISDIR`);
  rmSync(join(home, 'conf'), { recursive: true });
  writeFileSync(join(home, 'conf'), 'a file in the place of the directory');
  const written = thrown(() => {
    writeStore(home, { 'http.port': 8080 });
  });
  expect(written.message).toContain(`${storePath(home)} cannot be `);
});

test('as a source it gives each setting with the file, and warns of other names', () => {
  writeFile('{"http.port": "8080", "http.prot": 1, "__proto__": {"x": 1}}');
  const source = storeSource(home);
  expect([...source.values]).toEqual([
    ['http.port', { raw: '8080', origin: { source: 'store', where: storePath(home) } }],
  ]);
  expect(source.warnings).toEqual([
    `${storePath(home)}: "http.prot" is no setting and is ignored. Did you mean http.port?`,
    `${storePath(home)}: "__proto__" is no setting and is ignored.`,
  ]);
});
