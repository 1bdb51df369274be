import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProperties } from '../../../broker/config/properties-file.ts';
import { parsePropertiesLine } from '../../../broker/config/properties-line.ts';

type Env = Record<string, string | undefined>;

function parse(text: string, env: Env = {}) {
  return parseProperties(text, { path: 'x.properties', env });
}

/** The values as `property → text`. */
function values(text: string, env: Env = {}): Record<string, unknown> {
  const parsed = parse(text, env);
  expect(parsed.problems).toEqual([]);
  return Object.fromEntries([...parsed.values].map(([property, { raw }]) => [property, raw]));
}

/** The text that `value`, written after a key, comes to. */
function value(written: string, env: Env = {}): unknown {
  return values(`scp.cache_dir_path = ${written}`, env)['scp.cache_dir_path'];
}

test('blank lines and comments say nothing', () => {
  expect(values('\n   \n# qido.remote_ae = A\n  ! qido.remote_ae = B\n// qido.remote_ae = C\n')).toEqual({});
});

test('key, separator and value may have space around them', () => {
  const text = 'qido.remote_ae=A\n  qido.local_ae \t=  B  \nwado.remote_ae: C\r\nscp.local_ae = D\r\n';
  expect(values(text)).toEqual({
    'qido.remote_ae': 'A',
    'qido.local_ae': 'B',
    'wado.remote_ae': 'C',
    'scp.local_ae': 'D',
  });
});

test('a byte order mark is skipped', () => {
  expect(values('\ufeffqido.remote_ae = A')).toEqual({ 'qido.remote_ae': 'A' });
});

test('each value knows its line', () => {
  const parsed = parse('# one\n\nqido.remote_ae = A\nqido.local_ae = B');
  expect(parsed.values.get('qido.local_ae')?.origin).toEqual({
    source: 'properties',
    where: 'x.properties:4',
  });
});

test.each([
  ['/data/cache', '/data/cache'],
  ['/data/my cache   # comment', '/data/my cache'],
  ['/data#comment', '/data'],
  ['/data // comment', '/data'],
  ['/a//b', '/a//b'],
  ['//server/share', '//server/share'],
  ['D:\\dicom\\cache', 'D:\\dicom\\cache'],
  ['a=b:c', 'a=b:c'],
  ['"/data # 1"  # comment', '/data # 1'],
  ['"D:\\\\dicom \\"x\\" \\u00e4"', 'D:\\dicom "x" ä'],
  ['" padded "', ' padded '],
  ['""', ''],
  ['"a"b "c"', 'ab c'],
  ['"${HOME} $x {}"', '${HOME} $x {}'],
])('the value %s is %j', (written, expected) => {
  expect(value(written)).toBe(expected);
});

test.each([
  ['${DIR}', '/d'],
  ['${?DIR}', '/d'],
  ['${?DIR}\t\t# comment', '/d'],
  ['${ ?DIR }', undefined],
  ['${? DIR }/cache', '/d/cache'],
  ['${?NONE}', undefined],
  ['${?EMPTY}', undefined],
  ['${?NONE} ${?EMPTY}', undefined],
  ['${?NONE}/cache', '/cache'],
  ['${?NONE}""', ''],
  ['${DIR}"/a b/"${DIR}', '/d/a b//d'],
  ['${DIR} ${DIR}', '/d /d'],
])('the value %s is %j where DIR is /d and EMPTY is empty', (written, expected) => {
  const parsed = parse(`scp.cache_dir_path = ${written}`, { DIR: '/d', EMPTY: '' });
  expect(parsed.values.get('scp.cache_dir_path')?.raw).toBe(expected);
});

test('a variable is never taken from what every object has', () => {
  expect(value('${?constructor}${?toString}')).toBeUndefined();
});

test('the later assignment counts', () => {
  expect(values('qido.remote_ae = A\nqido.remote_ae = B')).toEqual({ 'qido.remote_ae': 'B' });
});

test('an unset optional variable leaves the earlier assignment in force', () => {
  const parsed = parse('qido.remote_ae = A\nqido.remote_ae = ${?NONE}\nqido.remote_ae = ${?EMPTY}', {
    EMPTY: '',
  });
  expect(parsed.values.get('qido.remote_ae')).toEqual({
    raw: 'A',
    origin: { source: 'properties', where: 'x.properties:1' },
  });
  expect(values('qido.remote_ae = A\nqido.remote_ae = ${?X}', { X: 'B' })).toEqual({ 'qido.remote_ae': 'B' });
});

test('a variable that must be set and is not is a problem, unless a later line overrides it', () => {
  const parsed = parse('\nqido.remote_ae = ${PACS_AE}');
  expect(parsed.problems).toEqual([
    'x.properties:2: qido.remote_ae: environment variable PACS_AE is not set.',
  ]);
  expect([...parsed.unreadable]).toEqual(['qido.remote_ae']);
  expect(values('qido.remote_ae = ${PACS_AE}\nqido.remote_ae = B')).toEqual({ 'qido.remote_ae': 'B' });
});

test.each([
  ['nonsense', 'x.properties:1: expected "key = value", found "nonsense".'],
  ['= A', 'x.properties:1: expected "key = value", found "= A".'],
  ['qido { remote_ae = A }', 'x.properties:1: expected "key = value", found "qido { remote_ae = A }".'],
  ['qido.remote_ae += A', 'x.properties:1: expected "key = value", found "qido.remote_ae += A".'],
  ['qido.remote_ae =', 'x.properties:1: qido.remote_ae: no value is given; write "" for an empty one.'],
  ['qido.remote_ae = # A', 'x.properties:1: qido.remote_ae: no value is given; write "" for an empty one.'],
  ['qido.remote_ae = "A', 'x.properties:1: qido.remote_ae: a quotation mark is not closed.'],
  ['qido.remote_ae = "A\\"', 'x.properties:1: qido.remote_ae: a quotation mark is not closed.'],
  [
    'scp.cache_dir_path = "D:\\dicom"',
    'x.properties:1: scp.cache_dir_path: "\\"D:\\\\dicom\\"" is no text in quotation marks; a backslash in it is written twice.',
  ],
  [
    'scp.cache_dir_path = $HOME/cache',
    'x.properties:1: scp.cache_dir_path: after $ only {NAME} or {?NAME} of an environment variable may stand; put other text with $ in quotation marks.',
  ],
  [
    'wado.local_ae = ${qido.local_ae}',
    'x.properties:1: wado.local_ae: after $ only {NAME} or {?NAME} of an environment variable may stand; put other text with $ in quotation marks.',
  ],
  ['qido.remote_ae = {A}', 'x.properties:1: qido.remote_ae: { and } may stand in quotation marks only.'],
  ['scp.cache_dir_path = /f\ufffd', 'x.properties:1: scp.cache_dir_path: the value is not UTF-8 text.'],
])('%j is told as malformed, with file and line', (line, problem) => {
  const parsed = parse(`${line}\nqido.local_ae = B`);
  expect(parsed.problems).toEqual([problem]);
  expect(parsed.values.get('qido.local_ae')?.raw).toBe('B');
});

test('a long malformed line is cut in the message', () => {
  expect(parse('x'.repeat(5000)).problems).toEqual([
    `x.properties:1: expected "key = value", found "${'x'.repeat(80)}…".`,
  ]);
});

test.each([
  ['qido.remote_aet', 'qido.remote_ae'],
  ['qido.remoteAe', 'qido.remote_ae'],
  ['QIDO_REMOTE_AE', 'qido.remote_ae'],
  ['wado.retry_delay_in_sec', 'wado.retry_delay_in_secs'],
  ['scp.cahce_dir_path', 'scp.cache_dir_path'],
])('%s is warned of, with its line and the nearest name', (key, nearest) => {
  expect(parse(`\n${key} = A`).warnings).toEqual([
    `x.properties:2: ${key} is no setting and is ignored. Did you mean ${nearest}?`,
  ]);
});

test('a key that is like no setting is warned of without a guess, at each of its lines', () => {
  expect(parse('colour = red\ncolour = ${NONE}')).toMatchObject({
    problems: [],
    warnings: [
      'x.properties:1: colour is no setting and is ignored.',
      'x.properties:2: colour is no setting and is ignored.',
    ],
  });
});

const token = fc.constantFrom(
  ...[
    'qido.remote_ae',
    'scp.cache_dir_path',
    'x',
    '=',
    ':',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '#',
    '!',
    '//',
    '"',
    '\\',
  ],
  ...[
    '${?A}',
    '${B}',
    '${',
    '}',
    '$',
    '""',
    '"a b"',
    '\ufeff',
    '\0',
    '\u2028',
    'ä',
    '💥',
    '\ud800',
    '__proto__',
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(token).map((tokens) => tokens.join('')),
);

test('whatever a file holds, reading it never throws, and each problem and warning names a line', () => {
  fc.assert(
    fc.property(anyText, fc.option(fc.string(), { nil: undefined }), (text, variable) => {
      const parsed = parse(text, { A: variable, B: variable });
      const lines = text.split('\n').length;
      for (const message of [...parsed.problems, ...parsed.warnings]) {
        const line = Number(/^x\.properties:(\d+): /.exec(message)?.[1]);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 2000 },
  );
});

test('any text in quotation marks comes back as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(value(`${JSON.stringify(text)} # comment`)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test('a very long line is read in one go', () => {
  const long = '/a"b c"'.repeat(100_000);
  const started = performance.now();
  expect(parsePropertiesLine(`k = ${long}`)).toMatchObject({ kind: 'assignment', key: 'k' });
  expect(performance.now() - started).toBeLessThan(5000);
});
