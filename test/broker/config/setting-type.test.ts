import { expect, test } from 'vitest';
import * as types from '../../../broker/config/setting-type.ts';

interface Case {
  readonly name: string;
  readonly type: types.SettingType<unknown>;
  readonly accepted: readonly (readonly [unknown, unknown])[];
  readonly refused: readonly unknown[];
}

const cases: readonly Case[] = [
  {
    name: 'a whole number',
    type: types.integer({ min: -2, max: 600, unit: 'seconds' }),
    accepted: [
      ['600', 600],
      [' +7 ', 7],
      ['-2', -2],
      [0, 0],
    ],
    refused: ['', 'soon', '1.5', '1e2', '0x10', '601', '-3', 1.5, NaN, true, null, undefined, [1], {}],
  },
  {
    name: 'a remote port',
    type: types.remotePort(),
    accepted: [
      ['1', 1],
      ['65535', 65535],
    ],
    refused: ['0', '65536', 'dicom'],
  },
  {
    name: 'a local port',
    type: types.localPort(),
    accepted: [
      ['0', 0],
      [11112, 11112],
    ],
    refused: ['-1', '65536', '99999999999999999999'],
  },
  {
    name: 'an AE title',
    type: types.aeTitle(),
    accepted: [
      ['PACS', 'PACS'],
      [' DCMRS BROKER ', 'DCMRS BROKER'],
      ['A', 'A'],
      ['ABCDEFGHIJKLMNOP', 'ABCDEFGHIJKLMNOP'],
      ["O'NEILL", "O'NEILL"],
    ],
    refused: ['', '   ', 'ABCDEFGHIJKLMNOPQ', 'A\\B', 'Ä', 'A\tB', '"PACS"', "'PACS'", 5, null, undefined],
  },
  {
    name: 'a host',
    type: types.host(),
    accepted: [
      ['pacs.example.org', 'pacs.example.org'],
      [' pacs ', 'pacs'],
      ['my_pacs', 'my_pacs'],
      ['pacs.', 'pacs.'],
      ['192.168.1.20', '192.168.1.20'],
      ['::1', '::1'],
      ['[2001:db8::5]', '2001:db8::5'],
      ['fe80::1%eth0', 'fe80::1%eth0'],
    ],
    refused: [
      '',
      'http://pacs',
      'pacs:104',
      'two words',
      '-pacs',
      'pacs-',
      'a..b',
      '300.1.2.3',
      '1.2.3',
      '[pacs]',
      ':::1',
      'x'.repeat(64),
      'a.'.repeat(127),
      '$HOST',
      7,
      null,
    ],
  },
  {
    name: 'a truth value',
    type: types.boolean(),
    accepted: [
      ...['true', 'TRUE', 'yes', 'Yes', '1', ' 1 '].map((text) => [text, true] as const),
      ...['false', 'False', 'NO', 'no', '0'].map((text) => [text, false] as const),
      [true, true],
      [false, false],
    ],
    refused: ['', 'on', 'y', '2', 'constructor', 1, 0, null, undefined],
  },
  {
    name: 'a choice',
    type: types.choice(['auto', 'c-move', 'c-get']),
    accepted: [
      ['auto', 'auto'],
      [' C-GET ', 'c-get'],
    ],
    refused: ['', 'cget', 'auto,c-get', 1, null],
  },
  {
    name: 'a URL base',
    type: types.urlBase(),
    accepted: [
      ['/qido-rs', '/qido-rs'],
      [' /dicom-web/rs/ ', '/dicom-web/rs'],
      ['/v1.0/a_b~c', '/v1.0/a_b~c'],
      ['/', ''],
      ['', ''],
    ],
    refused: [
      'qido-rs',
      '//',
      '/a//b',
      '/a//',
      '/..',
      '/a/../b',
      '/.',
      '/a b',
      '/a?b',
      '/a#b',
      '/%2e',
      '/:x',
      '/ä',
      1,
    ],
  },
  {
    name: 'hosts',
    type: types.hosts(),
    accepted: [
      ['', ''],
      [' Gateway.example.org,10.0.0.1  [::1]', 'gateway.example.org, 10.0.0.1, ::1'],
    ],
    refused: ['http://gateway', 'gateway:80', 'a b, c/d', '*', 1, null],
  },
  {
    name: 'a secret',
    type: types.secret({ minLength: 16, emptyMeans: 'none' }),
    accepted: [
      ['', ''],
      [' 0123456789abcdef ', '0123456789abcdef'],
      ['!"#$%&\'()*+,-./:;', '!"#$%&\'()*+,-./:;'],
    ],
    refused: ['0123456789abcde', 'with spaces in between', 'ünicode-in-the-middle', 'x'.repeat(257), 1, null],
  },
  {
    name: 'a character set',
    type: types.characterSet('none'),
    accepted: [
      ['', ''],
      [' iso-ir 100 ', 'ISO_IR 100'],
      ['\\ISO 2022 IR 87', '\\ISO 2022 IR 87'],
      ['UTF-8', 'ISO_IR 192'],
    ],
    refused: ['KLINGON', '\\', 'ISO_IR 100\\', 'ISO_IR 100\\KLINGON', '\\ISO 2022 IR 87'.repeat(10), 1, null],
  },
  {
    name: 'a path',
    type: types.path(),
    accepted: [
      ['/var/cache/dcmrs', '/var/cache/dcmrs'],
      [' D:\\dicom cache\\ ', 'D:\\dicom cache\\'],
      ['//server/share', '//server/share'],
    ],
    refused: ['', ' ', '/a\0b', '/a\nb', '"/cache"', "'/cache'", '/'.repeat(4097), 1, null],
  },
  {
    name: 'a path that may be empty',
    type: types.path('the console only'),
    accepted: [
      ['', ''],
      ['broker.log', 'broker.log'],
    ],
    refused: ['a\0', 1],
  },
];

test.each(cases)('$name: what is accepted, in the form in which it is used', ({ type, accepted }) => {
  expect(accepted.map(([input]) => [input, type.schema.parse(input)])).toEqual(accepted);
});

test.each(cases)('$name: what is refused, with what is allowed as the reason', ({ type, refused }) => {
  for (const input of refused) {
    const result = type.schema.safeParse(input);
    expect([input, result.error?.issues[0]?.message]).toEqual([input, type.allowed]);
  }
});

test.each(cases)('$name: what was read is read as the same again', ({ type, accepted }) => {
  for (const [, value] of accepted) expect(type.schema.parse(value)).toBe(value);
});

test('forms are told limits, unit and choices', () => {
  expect(types.integer({ min: 1, max: 9, unit: 'rows' })).toMatchObject({ min: 1, max: 9, unit: 'rows' });
  expect(types.integer({ min: 1, max: 9, unit: 'rows' }).allowed).toBe('a whole number from 1 to 9 (rows)');
  expect(types.integer({ min: 1, max: 9 }).allowed).toBe('a whole number from 1 to 9');
  expect(types.remotePort()).toMatchObject({ kind: 'port', min: 1, max: 65535 });
  expect(types.localPort()).toMatchObject({ kind: 'port', min: 0, max: 65535 });
  expect(types.choice(['text', 'json'])).toMatchObject({
    choices: ['text', 'json'],
    allowed: 'one of text, json',
  });
});
